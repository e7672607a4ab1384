// What createKvStore reads. It is one type everywhere: which of the two functions an import finds is
// settled when a program is bundled or run, and its types are checked before that.
import type { BoundEnv } from "./bound-stores.ts";

type Named = {
  /**
   * Outside a Worker the store, in the grammar of settings/store-url.ts. In one, where several are
   * configured, which: `kv`, `do`, `redis` or `memory`.
   */
  readonly KVISTA_STORE?: string | undefined;
};

/** `process.env`, or the environment of a Worker that has at least one store's bindings. */
export type StoreEnvironment = Named | (Named & BoundEnv);
