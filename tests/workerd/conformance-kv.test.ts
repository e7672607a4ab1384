// The suite over the Workers KV store and Miniflare's KV.
import { env } from "cloudflare:workers";
import { cloudflareKvStore } from "../../bindings/stores/cloudflare-kv.ts";
import type { Env } from "../../worker/env.ts";
import { contractTable } from "../conformance/contract-table.ts";
import { runConformance } from "../conformance/runner.ts";

const { UPLOADISTA_KV: kv } = env as Required<Env>;

runConformance({
  name: "the Workers KV store",
  capabilities: contractTable["cloudflare-kv"],
  backend: (use) =>
    use((keyNamespace) => cloudflareKvStore({ kv, keyNamespace, writeIntervalMs: 0 })),
  isShared: true,
  clock: "waits",
});
