// Uploadista's base store over a client of ioredis. As Uploadista's own, it returns `null` for a
// missing key, lists keys without their prefix, and fails with UNKNOWN_ERROR.
import type { KvStore } from "../contract/contract.ts";
import { hasMethods } from "../contract/methods.ts";
import { ioredisKvStore as openIoRedis } from "../stores/redis/ioredis-store.ts";
import type { IoRedisClient, IoRedisCluster } from "../stores/redis/redis-clients.ts";
import { isIoRedis } from "../stores/redis/redis-clients.ts";
import { redisKvStore as openRedisLike } from "../stores/redis/redis-store.ts";
import { type BaseKvStoreLayer, layerOf, onlyCallable } from "./base-layer.ts";
import type { BaseStoreOptions } from "./base-store.ts";
import { type OpenUrl, type RedisUrlConfig, storeMaker } from "./redis-url.ts";
import type { UploadistaError } from "./uploadista-error.ts";

/** The methods of ioredis that Uploadista's store calls. */
export type IoRedisLike = {
  get(key: string): Promise<string | null>;
  set(key: string, value: string): Promise<unknown>;
  del(key: string): Promise<number>;
  scan(
    cursor: string,
    match: "MATCH",
    pattern: string,
    countToken: "COUNT",
    count: string,
  ): Promise<[cursor: string, keys: string[]]>;
};

export type IoRedisKvStoreConfig<E = UploadistaError> = BaseStoreOptions<E> & {
  /**
   * A `Redis` (also through sentinels) or a `Cluster` of ioredis 5 or 6, which the store does not
   * close; or an object with `get`, `set`, `del` and `scan`, which cannot do `expireAfter`.
   */
  redis: IoRedisClient | IoRedisCluster | IoRedisLike;
};

/** The two functions of the entry: the first makes a base store, the second its layer. */
export function ioRedisStores(openUrl: OpenUrl) {
  const makeIoRedisBaseKvStore = storeMaker(openUrl, openOver);
  const ioRedisKvStore = <E = UploadistaError>(
    config: IoRedisKvStoreConfig<E> | RedisUrlConfig<E>,
  ): BaseKvStoreLayer<E> => layerOf(makeIoRedisBaseKvStore(config));
  return {
    makeIoRedisBaseKvStore,
    ioRedisKvStore: onlyCallable(ioRedisKvStore, "ioRedisKvStore({ redis })"),
  };
}

function openOver(redis: IoRedisKvStoreConfig["redis"], keyNamespace: string): KvStore {
  if (!isPartial(redis)) return openIoRedis({ redis, keyNamespace });
  return openRedisLike({
    keyNamespace,
    // The same four methods with the arguments of @redis/client.
    redis: {
      get: (key) => redis.get(key),
      set: (key, value) => redis.set(key, value),
      del: (key) => redis.del(key),
      scan: async (from, { MATCH, COUNT }) => {
        const [cursor, keys] = await redis.scan(from, "MATCH", MATCH, "COUNT", String(COUNT));
        return { cursor, keys };
      },
    },
  });
}

function isPartial(redis: IoRedisKvStoreConfig["redis"]): redis is IoRedisLike {
  return (
    hasMethods(redis, "get", "set", "del", "scan") &&
    !isIoRedis(redis) &&
    !hasMethods(redis, "sendCommand")
  );
}
