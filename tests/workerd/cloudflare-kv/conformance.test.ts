// The suite over the Workers KV store and Miniflare's KV, with all its methods and with four.
import { env } from "cloudflare:workers";
import { cloudflareKvStore } from "../../../bindings/stores/cloudflare-kv/cloudflare-kv-store.ts";
import type { Env } from "../../../worker/env.ts";
import { contractTable } from "../../conformance/contract-table.ts";
import { runConformance } from "../../conformance/runner.ts";
import { fourMethodsOf } from "../support/four-methods.ts";

const { UPLOADISTA_KV: kv } = env as Required<Env>;
const fourMethods = fourMethodsOf(kv);

runConformance({
  name: "the Workers KV store",
  capabilities: contractTable["cloudflare-kv"],
  backend: (use) =>
    use((keyNamespace) => cloudflareKvStore({ kv, keyNamespace, writeIntervalMs: 0 })),
  isShared: true,
  clock: "waits",
});

runConformance({
  name: "the store over get, put, delete and list of Workers KV",
  capabilities: contractTable["cloudflare-kv-like"],
  backend: (use) =>
    use((keyNamespace) => cloudflareKvStore({ kv: fourMethods, keyNamespace, writeIntervalMs: 0 })),
  isShared: true,
  clock: "waits",
});
