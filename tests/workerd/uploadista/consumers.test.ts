// Uploadista's consumers over the drop-in's stores in a Worker.
import { runInDurableObject } from "cloudflare:test";
import {
  cloudflareKvStore,
  durableObjectKvStore,
} from "../../../bindings/entries/uploadista.workerd.ts";
import { testConsumers } from "../../uploadista/consumers.ts";
import { bindings, freshPrefix } from "../support/bindings.ts";
import { fourMethodsOf } from "../support/four-methods.ts";

const { UPLOADISTA_KV: kv, KVISTA_OBJECTS: namespace, KVISTA_CATALOG: catalog } = bindings;
// Miniflare's Workers KV takes more than one write a second.
const options = () => ({ keyNamespace: freshPrefix(), writeIntervalMs: 0 });
const fourMethods = fourMethodsOf(kv);

testConsumers("Workers KV", (use) => use(cloudflareKvStore({ kv, ...options() })));
testConsumers("a binding of Workers KV by itself", (use) => use(cloudflareKvStore(kv, options())));
testConsumers("four methods of Workers KV", (use) =>
  use(cloudflareKvStore(fourMethods, options())),
);
testConsumers("Durable Objects", (use) =>
  use(durableObjectKvStore({ namespace, catalog, keyNamespace: freshPrefix() })),
);
testConsumers("a binding of Durable Objects by itself, with a catalog", (use) =>
  use(durableObjectKvStore(namespace, { catalog, keyNamespace: freshPrefix() })),
);
testConsumers(
  "a binding of Durable Objects by itself",
  (use) => use(durableObjectKvStore(namespace, { keyNamespace: freshPrefix() })),
  false,
);
testConsumers("the storage of an object of one's own", (use) =>
  runInDurableObject(bindings.TENANTS.getByName(freshPrefix()), (_, { storage }) =>
    use(durableObjectKvStore({ storage })),
  ),
);
