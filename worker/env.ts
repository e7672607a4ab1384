// What the Worker is configured with: the bindings and variables of wrangler.toml and its secret.
import type { KvCatalog } from "../bindings/stores/kv-catalog.ts";
import type { KvObject } from "../bindings/stores/kv-object.ts";

/** A store whose bindings are missing is not configured: its routes are 404. */
export type Env = {
  /** Workers KV, the store `kv`. */
  readonly UPLOADISTA_KV?: KVNamespace;
  /** One object a key, the store `do`; it needs `KVISTA_CATALOG` too. */
  readonly KVISTA_OBJECTS?: DurableObjectNamespace<KvObject>;
  readonly KVISTA_CATALOG?: DurableObjectNamespace<KvCatalog>;
  /** The secret with the tokens, as JSON: see tokens.ts. */
  readonly KVISTA_TOKENS?: string;
  /** `on` serves the store `memory`, which a deployed isolate forgets at random. */
  readonly KVISTA_MEMORY?: string;
};
