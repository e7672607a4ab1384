// Uploadista's base store over a client of @redis/client. As Uploadista's own, it returns `null`
// for a missing key, lists keys without their prefix, and fails with UNKNOWN_ERROR.
import { redisKvStore as openRedis, type RedisClient } from "../stores/redis/redis-store.ts";
import { type BaseKvStoreLayer, layerOf, onlyCallable } from "./base-layer.ts";
import type { BaseStoreOptions } from "./base-store.ts";
import { type OpenUrl, type RedisUrlConfig, storeMaker } from "./redis-url.ts";
import type { UploadistaError } from "./uploadista-error.ts";

/**
 * The methods that Uploadista calls: a client of `@redis/client` has them, and an object of your
 * own may.
 */
export interface RedisLike {
  get(key: string): Promise<string | null>;
  set(key: string, value: string): Promise<unknown>;
  del(key: string | string[]): Promise<number>;
  scan(
    cursor: unknown,
    options?: { MATCH?: string; COUNT?: number },
  ): Promise<{ cursor: unknown; keys: string[] }>;
}

export interface RedisKvStoreConfig<E = UploadistaError> extends BaseStoreOptions<E> {
  /**
   * A connected client, pool, sentinel or cluster of `@redis/client` 5 or 6, which the store does
   * not close; or an object with `get`, `set`, `del` and `scan`, which cannot do `expireAfter`.
   */
  redis: RedisLike | RedisClient;
}

/** The two functions of the entry: the first makes a base store, the second its layer. */
export function redisStores(openUrl: OpenUrl) {
  const makeRedisBaseKvStore = storeMaker(openUrl, (redis: RedisLike | RedisClient, keyNamespace) =>
    openRedis({ redis, keyNamespace }),
  );
  const redisKvStore = <E = UploadistaError>(
    config: RedisKvStoreConfig<E> | RedisUrlConfig<E>,
  ): BaseKvStoreLayer<E> => layerOf(makeRedisBaseKvStore(config));
  return {
    makeRedisBaseKvStore,
    redisKvStore: onlyCallable(redisKvStore, "redisKvStore({ redis })"),
  };
}
