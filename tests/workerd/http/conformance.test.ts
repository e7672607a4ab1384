// The suite through the Worker's HTTP front, over each of its stores.
import { env } from "cloudflare:workers";
import { inject, vi } from "vitest";
import type { ByteStore } from "../../../bindings/contract/bytes.ts";
import { cloudflareKvStore } from "../../../bindings/stores/cloudflare-kv/cloudflare-kv-store.ts";
import type { Env } from "../../../worker/env.ts";
import { boundStores, type Stores } from "../../../worker/stores.ts";
import { contractTable } from "../../conformance/contract-table.ts";
import { adaptToHttp, leftOutOverHttp } from "../../conformance/http-row.ts";
import { HttpKvStore } from "../../conformance/http-store.ts";
import { runConformance } from "../../conformance/runner.ts";
import { partOf } from "../../tiers.ts";
import { askFront, requestOf } from "./session.ts";

const worker = env as Env;

// The front logs each 5xx, and UNSUPPORTED is one.
vi.spyOn(console, "error").mockImplementation(() => {});

// The Worker's stores, but for the second that Workers KV wants between two writes of one key.
const stores: Stores = {
  names: boundStores.names,
  open: (env, name, namespace) =>
    name === "kv" ? openKv(namespace) : boundStores.open(env, name, namespace),
};

function openKv(keyNamespace: string): ByteStore {
  const { UPLOADISTA_KV: kv } = worker as Required<Env>;
  return cloudflareKvStore({ kv, keyNamespace, writeIntervalMs: 0 });
}

const served = {
  kv: contractTable["cloudflare-kv"],
  do: contractTable["durable-object"],
  memory: contractTable.memory,
};

for (const [store, capabilities] of Object.entries(partOf(inject("tier"), served, ["memory"]))) {
  runConformance({
    name: `HTTP over ${store}`,
    capabilities,
    backend: (use) =>
      use((namespace) => {
        const token = "conformance";
        const env = {
          ...worker,
          KVISTA_TOKENS: JSON.stringify([{ token, namespace, access: "write" }]),
        };
        return new HttpKvStore({
          send: (method, path, sent) =>
            askFront(requestOf(method, path, { token, ...sent }), { env, stores }),
          store,
          capabilities,
        });
      }),
    isShared: true,
    isEmptied: store === "memory",
    clock: "frozen",
    adapt: adaptToHttp,
    leavesOut: leftOutOverHttp,
  });
}
