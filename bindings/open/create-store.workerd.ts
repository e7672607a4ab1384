// createKvStore in a Worker: the store over its bindings.

import type { KvStore } from "../contract/contract.ts";
import { settingError } from "../settings/setting-error.ts";
import { type BoundEnv, boundNames, missingBindings, openBound } from "./bound-stores.ts";
import type { StoreEnvironment } from "./store-environment.ts";

export type { StoreEnvironment } from "./store-environment.ts";

/**
 * Opens the store whose bindings the environment has. If it has those of several stores,
 * `KVISTA_STORE` names one. Rejects with `INVALID_ARGUMENT` if there is no such store; the hint
 * says what is configured and what to configure.
 */
export async function createKvStore(env: StoreEnvironment & BoundEnv): Promise<KvStore> {
  const configured = boundNames(env);
  const missing = missingBindings(env);
  const [only] = configured;
  const wanted =
    env.KVISTA_STORE?.replace(/:$/, "") ?? (configured.length === 1 ? only : undefined);
  const store = wanted === undefined ? null : openBound(env, wanted, "");
  if (store !== null) return store;
  if (wanted !== undefined && Object.hasOwn(missing, wanted)) {
    throw settingError(`the store ${wanted} is not configured`, missing[wanted] ?? "");
  }
  if (configured.length > 0) {
    const message =
      wanted === undefined
        ? "several stores are configured, and KVISTA_STORE names none"
        : "KVISTA_STORE names no store";
    throw settingError(message, `set KVISTA_STORE to one of ${configured.join(", ")}`);
  }
  const wants = Object.entries(missing).map(([name, what]) => `${name}: ${what}`);
  throw settingError("no store is configured", wants.join("; "));
}
