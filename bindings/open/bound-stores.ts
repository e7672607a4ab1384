// The stores over a Worker's bindings: which of them are configured, what the others need, and how each is
// opened, once in an isolate.
import type { ByteStore } from "../contract/bytes.ts";
import type { KvBinding, RemoteNamespace } from "../contract/platform.ts";
import type { RedisGatewayEnv } from "../gateway/gateway-connection.ts";
import type { GatewayNamespace } from "../gateway/gateway-stubs.ts";
import { isShardCount, redisGatewayKvStore, shardCounts } from "../gateway/redis-gateway-store.ts";
import { misconfigured } from "../settings/setting-error.ts";
import { cloudflareKvStore } from "../stores/cloudflare-kv/cloudflare-kv-store.ts";
import { durableObjectKvStore } from "../stores/durable-object/durable-object-store.ts";
import { memoryKvStore } from "../stores/memory/memory-store.ts";

/** The bindings, variables and secrets that configure the stores. */
export type BoundEnv = RedisGatewayEnv & {
  /** Workers KV, the store `kv`. */
  readonly UPLOADISTA_KV?: KvBinding;
  /** The class `KvObject`, for the store `do`, which also needs `KVISTA_CATALOG`. */
  readonly KVISTA_OBJECTS?: RemoteNamespace;
  readonly KVISTA_CATALOG?: RemoteNamespace;
  /** The class `RedisGateway`, for the store `redis`, which also needs the secret `REDIS_URL`. */
  readonly KVISTA_REDIS?: GatewayNamespace;
  /** The number of the gateway's objects that share the keys; by default 1. */
  readonly KVISTA_REDIS_SHARDS?: string;
  /** `on` configures the store `memory`. A deployed isolate may end at any time, and its values with it. */
  readonly KVISTA_MEMORY?: string;
};

/** The binding that identifies a store, and how the store is opened over it. */
type Source = { readonly identity: object; readonly open: () => ByteStore };

type Row = {
  /** What to configure for this store. */
  readonly wants: string;
  readonly source: (env: BoundEnv) => Source | null;
};

// Identifies the memory store: an isolate has one, whatever environment is passed.
const memory = {};

const rows: { readonly [name: string]: Row } = {
  kv: {
    wants: "bind a Workers KV namespace as UPLOADISTA_KV",
    source: ({ UPLOADISTA_KV: kv }) =>
      kv === undefined ? null : { identity: kv, open: () => cloudflareKvStore({ kv }) },
  },
  do: {
    wants: "bind the classes KvObject as KVISTA_OBJECTS and KvCatalog as KVISTA_CATALOG",
    source: ({ KVISTA_OBJECTS: namespace, KVISTA_CATALOG: catalog }) =>
      namespace === undefined || catalog === undefined
        ? null
        : { identity: namespace, open: () => durableObjectKvStore({ namespace, catalog }) },
  },
  redis: {
    wants: "bind the class RedisGateway as KVISTA_REDIS and set the secret REDIS_URL",
    source: ({ KVISTA_REDIS: gateway, REDIS_URL, KVISTA_REDIS_SHARDS }) =>
      gateway === undefined || !REDIS_URL
        ? null
        : {
            identity: gateway,
            open: () => redisGatewayKvStore({ gateway, shards: shardsOf(KVISTA_REDIS_SHARDS) }),
          },
  },
  memory: {
    wants: "set the variable KVISTA_MEMORY to on",
    source: ({ KVISTA_MEMORY }) =>
      KVISTA_MEMORY === "on" ? { identity: memory, open: () => memoryKvStore() } : null,
  },
};

function shardsOf(text = "1"): number {
  if (/^\d{1,2}$/.test(text) && isShardCount(Number(text))) return Number(text);
  const message = "KVISTA_REDIS_SHARDS is no number of shards";
  throw misconfigured("redis", "open", message, `it is ${shardCounts}`);
}

const opened = new WeakMap<object, ByteStore>();

/** The names of the stores that are configured. */
export function boundNames(env: BoundEnv): string[] {
  return Object.keys(rows).filter((name) => rows[name]?.source(env));
}

/** What to configure for each store that is not configured, by its name. */
export function missingBindings(env: BoundEnv): { readonly [name: string]: string } {
  const missing = Object.entries(rows).filter(([, { source }]) => source(env) === null);
  return Object.fromEntries(missing.map(([name, { wants }]) => [name, wants]));
}

/**
 * The store of that name, whose keys have the prefix `keyNamespace`. `null` if there is no such store or it
 * is not configured.
 */
export function openBound(env: BoundEnv, name: string, keyNamespace: string): ByteStore | null {
  const source = Object.hasOwn(rows, name) ? rows[name]?.source(env) : null;
  if (!source) return null;
  let store = opened.get(source.identity);
  if (store === undefined) {
    store = source.open();
    opened.set(source.identity, store);
  }
  return store.scope(keyNamespace);
}
