// Uploadista's store over a client of @redis/client, over ours. As with Uploadista's, a missing key is
// `null`, a list tells keys without the prefix, and failures are UNKNOWN_ERROR.
import { redisKvStore as openRedis, type RedisClient } from "../stores/redis/redis-store.ts";
import { type BaseKvStoreLayer, layerOf, onlyCallable } from "./base-layer.ts";
import type { BaseStoreOptions } from "./base-store.ts";
import { makerOver, type OpenUrl, type RedisUrlConfig } from "./redis-url.ts";
import type { UploadistaError } from "./uploadista-error.ts";

/** What Uploadista takes for a client: `@redis/client` has it, and so may an object of your own. */
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
   * A connected client, pool, sentinel or cluster of `@redis/client` 5 or 6, which stays yours. An
   * object with `get`, `set`, `del` and `scan` serves all but `expireAfter`.
   */
  redis: RedisLike | RedisClient;
}

/** The two makers, of which the base store is the one without a layer. */
export function redisStores(openUrl: OpenUrl) {
  const makeRedisBaseKvStore = makerOver(openUrl, (redis: RedisLike | RedisClient, keyNamespace) =>
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
