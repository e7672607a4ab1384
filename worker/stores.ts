// The stores that a front serves: those over the bindings, or in tests others.

import type { ByteStore } from "../bindings/contract/bytes.ts";
import { boundNames, missingBindings, openBound } from "../bindings/open/bound-stores.ts";
import type { Env } from "./env.ts";

export type Stores = {
  /** The names of those that are configured. */
  names(env: Env): string[];
  /** The store of that name below a namespace, or `null` if there is none or it is not configured. */
  open(env: Env, name: string, namespace: string): ByteStore | null;
};

export const boundStores: Stores = { names: boundNames, open: openBound };

/** What helps whoever asked for a store that is not configured. */
export function hintFor(name: string, configured: readonly string[], env: Env): string {
  const there = `configured: ${configured.join(", ") || "none"}`;
  const wants = missingBindings(env);
  return Object.hasOwn(wants, name) ? `${wants[name]}; ${there}` : there;
}
