// kvista/uploadista in a Worker: with the classes that a Worker exports.
import { ioRedisStores } from "./ioredis.ts";
import { redisStores } from "./redis.ts";
import { refuseUrl } from "./redis-url.ts";

export { KvCatalog, type KvCatalogEnv } from "../stores/durable-object/kv-catalog.ts";
export { KvObject, type KvObjectEnv } from "../stores/durable-object/kv-object.ts";
export { FlowJobObject } from "./flow-job-object.ts";
export * from "./index.ts";
export { UploadFileObject } from "./upload-file-object.ts";
export const { makeRedisBaseKvStore, redisKvStore } = redisStores(refuseUrl);
export const { makeIoRedisBaseKvStore, ioRedisKvStore } = ioRedisStores(refuseUrl);
export const ioredisKvStore: typeof ioRedisKvStore = ioRedisKvStore;
