// The environment of the Worker: the bindings and variables of wrangler.toml, and its secrets.

import type { RedisGateway } from "../bindings/gateway/redis-gateway.ts";
import type { BoundEnv } from "../bindings/open/bound-stores.ts";
import type { KvCatalog } from "../bindings/stores/durable-object/kv-catalog.ts";
import type { KvObject } from "../bindings/stores/durable-object/kv-object.ts";

/** A store without its bindings is not configured: its routes answer 404. */
export type Env = Omit<BoundEnv, keyof Bindings> &
  Bindings & {
    /** The secret with the tokens, as JSON: see tokens.ts. */
    readonly KVISTA_TOKENS?: string;
  };

// The bindings with the types of a Worker.
type Bindings = {
  readonly UPLOADISTA_KV?: KVNamespace;
  readonly KVISTA_OBJECTS?: DurableObjectNamespace<KvObject>;
  readonly KVISTA_CATALOG?: DurableObjectNamespace<KvCatalog>;
  readonly KVISTA_REDIS?: DurableObjectNamespace<RedisGateway>;
};
