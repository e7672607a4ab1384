// The entry kvista/uploadista in a Worker: also the classes that a Worker exports.
import { ioRedisStores } from "../uploadista/ioredis-base-store.ts";
import { redisStores } from "../uploadista/redis-base-store.ts";
import { refuseUrl } from "../uploadista/redis-url.ts";

export { KvCatalog, type KvCatalogEnv } from "../stores/durable-object/kv-catalog.ts";
export { KvObject, type KvObjectEnv } from "../stores/durable-object/kv-object.ts";
export { FlowJobObject } from "../uploadista/flow-job-object.ts";
export { UploadFileObject } from "../uploadista/upload-file-object.ts";
export * from "./uploadista.ts";
export const { makeRedisBaseKvStore, redisKvStore } = redisStores(refuseUrl);
export const { makeIoRedisBaseKvStore, ioRedisKvStore } = ioRedisStores(refuseUrl);
export const ioredisKvStore: typeof ioRedisKvStore = ioRedisKvStore;
