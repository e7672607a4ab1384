// The suite over the store inside somebody's own object, one object a case.
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { durableObjectKvStore } from "../../../bindings/stores/durable-object/durable-object-store.ts";
import type { Env } from "../../../worker/env.ts";
import { contractTable } from "../../conformance/contract-table.ts";
import { runConformance } from "../../conformance/runner.ts";

const { KVISTA_OBJECTS: objects } = env as Required<Env>;

runConformance({
  name: "the store inside an object",
  capabilities: contractTable["durable-object-storage"],
  backend: (use) =>
    runInDurableObject(objects.get(objects.newUniqueId()), (_, { storage }) =>
      use((keyNamespace) => durableObjectKvStore({ storage, keyNamespace })),
    ),
  isShared: false,
  clock: "waits",
});
