// The suite through serviceKvStore, over the entrypoint that a service binding names.
import { exports } from "cloudflare:workers";
import { inject } from "vitest";
import { serviceKvStore } from "../../../bindings/rpc/service-kv-store.ts";
import type { KvServiceBinding } from "../../../bindings/rpc/service-protocol.ts";
import { contractTable } from "../../conformance/contract-table.ts";
import { reasonsByTrait, runConformance } from "../../conformance/runner.ts";
import { partOf } from "../../tiers.ts";
import "../http/session.ts";

const service = exports.KvService as unknown as KvServiceBinding;

const stores = {
  kv: contractTable["cloudflare-kv"],
  do: contractTable["durable-object"],
  memory: contractTable.memory,
};

for (const [store, capabilities] of Object.entries(partOf(inject("tier"), stores, ["memory"]))) {
  runConformance({
    name: `serviceKvStore over ${store}`,
    capabilities,
    backend: (use) => use((keyNamespace) => serviceKvStore({ service, store, keyNamespace })),
    isShared: true,
    isEmptied: store === "memory",
    // The Worker's store keeps to one write a second of one key: its callers wait.
    isSlow: store === "kv",
    clock: store === "kv" ? "waits" : "frozen",
    leavesOut: reasonsByTrait({
      condition: "the contract's delete and patch take no version",
      ...(store === "do" ? { order: "writes of one key at once are concurrent" } : {}),
    }),
  });
}
