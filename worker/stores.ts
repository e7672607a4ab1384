// The stores of a front: those over the Worker's bindings, or other stores in tests.

import type { ByteStore } from "../bindings/contract/bytes.ts";
import { boundNames, missingBindings, openBound } from "../bindings/open/bound-stores.ts";
import type { Env } from "./env.ts";

export type Stores = {
  /** The names of the stores that are configured. */
  names(env: Env): string[];
  /** The store of that name with a namespace; `null` if there is no such store or it is not configured. */
  open(env: Env, name: string, namespace: string): ByteStore | null;
};

export const boundStores: Stores = { names: boundNames, open: openBound };

/** The hint for a request to a store that is not configured. */
export function hintFor(name: string, configured: readonly string[], env: Env): string {
  const there = `configured: ${configured.join(", ") || "none"}`;
  const wants = missingBindings(env);
  return Object.hasOwn(wants, name) ? `${wants[name]}; ${there}` : there;
}
