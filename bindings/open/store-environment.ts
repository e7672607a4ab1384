// The environment that createKvStore reads. The two functions of that name share this type: types
// are checked before it is known which of the two a program loads.
import type { BoundEnv } from "./bound-stores.ts";

type Named = {
  /**
   * Outside a Worker: the store, in the grammar of bindings/settings/store-url.ts. In a Worker with several
   * configured stores: the name of one, `kv`, `do`, `redis` or `memory`.
   */
  readonly KVISTA_STORE?: string | undefined;
};

/** `process.env`, or the environment of a Worker that has at least one store's bindings. */
export type StoreEnvironment = Named | (Named & BoundEnv);
