// The merging base store over Durable Objects, from a Worker and inside an object.
import { runInDurableObject } from "cloudflare:test";
import { makeDurableObjectBaseKvStore } from "../../../bindings/entries/uploadista.workerd.ts";
import type { BaseKvStore } from "../../uploadista/core.ts";
import { testMerging } from "../../uploadista/merging.ts";
import { bindings, freshPrefix } from "../support/bindings.ts";

const { KVISTA_OBJECTS: namespace, KVISTA_CATALOG: catalog } = bindings;
const mergeRecords = true;

testMerging("Durable Objects", (use) => {
  const keyNamespace = `${freshPrefix()}/`;
  const config = { namespace, catalog, keyNamespace, mergeRecords };
  return use(makeDurableObjectBaseKvStore(config) as BaseKvStore);
});

testMerging("the storage of an object", (use) =>
  runInDurableObject(namespace.get(namespace.newUniqueId()), (_, { storage }) =>
    use(makeDurableObjectBaseKvStore({ storage, mergeRecords }) as BaseKvStore),
  ),
);
