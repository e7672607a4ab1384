// The suite over the Durable Objects store and its own classes.
import { env } from "cloudflare:workers";
import { durableObjectKvStore } from "../../../bindings/stores/durable-object/durable-object-store.ts";
import type { Env } from "../../../worker/env.ts";
import { contractTable } from "../../conformance/contract-table.ts";
import { reasonsByTrait, runConformance } from "../../conformance/runner.ts";

const { KVISTA_OBJECTS: namespace, KVISTA_CATALOG: catalog } = env as Required<Env>;

runConformance({
  name: "the Durable Objects store",
  capabilities: contractTable["durable-object"],
  backend: (use) =>
    use((keyNamespace) => durableObjectKvStore({ namespace, catalog, keyNamespace })),
  isShared: true,
  clock: "waits",
  leavesOut: reasonsByTrait({ order: "writes of one key at once are concurrent" }),
});
