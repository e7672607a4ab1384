// kvista/uploadista outside a Worker: with the directory, and with addresses of Redis.
import { ioRedisStores } from "./ioredis.ts";
import { redisStores } from "./redis.ts";
import { openIoRedisUrl, openRedisUrl } from "./redis-url.node.ts";

export { type FileKvStoreOptions, fileKvStore, makeFileBaseKvStore } from "./file.ts";
export * from "./index.ts";
export const { makeRedisBaseKvStore, redisKvStore } = redisStores(openRedisUrl);
export const { makeIoRedisBaseKvStore, ioRedisKvStore } = ioRedisStores(openIoRedisUrl);
export const ioredisKvStore: typeof ioRedisKvStore = ioRedisKvStore;
