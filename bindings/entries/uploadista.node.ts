// The entry kvista/uploadista outside a Worker: also the store in a directory, and stores over an
// address of Redis.
import { ioRedisStores } from "../uploadista/ioredis-base-store.ts";
import { redisStores } from "../uploadista/redis-base-store.ts";
import { openIoRedisUrl, openRedisUrl } from "../uploadista/redis-url.node.ts";

export {
  type FileKvStoreOptions,
  fileKvStore,
  makeFileBaseKvStore,
} from "../uploadista/file-base-store.ts";
export * from "./uploadista.ts";
export const { makeRedisBaseKvStore, redisKvStore } = redisStores(openRedisUrl);
export const { makeIoRedisBaseKvStore, ioRedisKvStore } = ioRedisStores(openIoRedisUrl);
export const ioredisKvStore: typeof ioRedisKvStore = ioRedisKvStore;
