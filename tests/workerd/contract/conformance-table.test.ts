// Each store of a Worker against the table of capabilities, directly and behind a service binding.
import { runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { expect, test } from "vitest";
import { serviceKvStore } from "../../../bindings/rpc/service-kv-store.ts";
import {
  type KvServiceBinding,
  servedCapabilities,
} from "../../../bindings/rpc/service-protocol.ts";
import { cloudflareKvStore } from "../../../bindings/stores/cloudflare-kv/cloudflare-kv-store.ts";
import { durableObjectKvStore } from "../../../bindings/stores/durable-object/durable-object-store.ts";
import { memoryKvStore } from "../../../bindings/stores/memory/memory-store.ts";
import type { Env } from "../../../worker/env.ts";
import { contractTable, testContractTable } from "../../conformance/contract-table.ts";
import "../http/session.ts";
import { fourMethodsOf } from "../support/four-methods.ts";

const { UPLOADISTA_KV: kv, KVISTA_OBJECTS, KVISTA_CATALOG: catalog } = env as Required<Env>;
const service = exports.KvService as unknown as KvServiceBinding;

testContractTable("the memory store", contractTable.memory, (use) =>
  use((keyNamespace) => memoryKvStore({ keyNamespace })),
);

testContractTable("the Workers KV store", contractTable["cloudflare-kv"], (use) =>
  use((keyNamespace) => cloudflareKvStore({ kv, keyNamespace, writeIntervalMs: 0 })),
);

testContractTable("the store over four methods", contractTable["cloudflare-kv-like"], (use) =>
  use((keyNamespace) =>
    cloudflareKvStore({ kv: fourMethodsOf(kv), keyNamespace, writeIntervalMs: 0 }),
  ),
);

testContractTable("the Durable Objects store", contractTable["durable-object"], (use) =>
  use((keyNamespace) => durableObjectKvStore({ namespace: KVISTA_OBJECTS, catalog, keyNamespace })),
);

testContractTable("the store inside an object", contractTable["durable-object-storage"], (use) =>
  runInDurableObject(KVISTA_OBJECTS.get(KVISTA_OBJECTS.newUniqueId()), (_, { storage }) =>
    use((keyNamespace) => durableObjectKvStore({ storage, keyNamespace })),
  ),
);

const served = {
  kv: contractTable["cloudflare-kv"],
  do: contractTable["durable-object"],
  memory: contractTable.memory,
};

for (const [store, capabilities] of Object.entries(served)) {
  testContractTable(`serviceKvStore over ${store}`, capabilities, (use) =>
    use((keyNamespace) => serviceKvStore({ service, store, keyNamespace })),
  );
}

test("the service's clients know the table without asking", () => {
  // That of `redis` is held against its store where there is a server: tests/node/gateway.
  expect(servedCapabilities).toEqual({ ...served, redis: contractTable.redis });
});
