// The suite through the Worker's HTTP front, over each of its stores.
import { env } from "cloudflare:workers";
import { vi } from "vitest";
import type { ByteStore } from "../../bindings/contract-bytes.ts";
import { cloudflareKvStore } from "../../bindings/stores/cloudflare-kv.ts";
import type { Env } from "../../worker/env.ts";
import { boundStores, type Stores } from "../../worker/stores.ts";
import { contractTable } from "../conformance/contract-table.ts";
import { HttpKvStore } from "../conformance/http-store.ts";
import { type Case, reasonsByTrait, runConformance } from "../conformance/runner.ts";
import { everyStep, type Step } from "../conformance/suite.ts";
import { askFront, requestOf } from "./http-session.ts";

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

// What HTTP tells in another way: `ttl` is the query's name of it, and an entity tag that is no
// version of ours is as good as any other, but matches nothing.
function adapt(step: Step): Step {
  const { says, ...rest } = step;
  if (says === "ttlSeconds") return { ...rest, says: "ttl" };
  if (step.fails !== "INVALID_ARGUMENT") return step;
  const [, options] = Array.isArray(step.delete) ? step.delete : [];
  const version = step.compareAndSet?.[1] ?? step.patch?.[2]?.version ?? options?.version;
  const isTag = typeof version === "string" && !version.includes('"');
  return isTag ? { ...rest, fails: "VERSION_MISMATCH" } : step;
}

const byTrait = reasonsByTrait({
  malformed: "HTTP cannot express it",
  oneBatch: "a request takes 100 keys",
  close: "HTTP has nothing to close",
  order: "requests that are sent at once are concurrent",
});

function leavesOut(one: Case): string | null {
  const steps = everyStep(one.steps);
  if (steps.some(({ diagnose }) => diagnose)) return "HTTP has no request for it";
  if (steps.some(({ in: inner = "/" }) => !inner.endsWith("/"))) {
    return "namespaces: a token's ends in a slash";
  }
  return byTrait(one);
}

const served = [
  ["kv", contractTable["cloudflare-kv"]],
  ["do", contractTable["durable-object"]],
  ["memory", contractTable.memory],
] as const;

for (const [store, capabilities] of served) {
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
    adapt,
    leavesOut,
  });
}
