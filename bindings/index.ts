// What the package gives everywhere.
export type {
  Call,
  Capabilities,
  Entry,
  Expiry,
  Finding,
  JsonValue,
  KvStore,
  Outcome,
  Page,
  Written,
} from "./contract.ts";
export { KvError, type KvErrorCode, type KvErrorFields } from "./errors.ts";
export {
  type FlowJob,
  type FlowJobStatus,
  type FlowJobs,
  type FlowJobTask,
  flowJobs,
} from "./records/flow-jobs.ts";
export type {
  RecordChange,
  RecordFilter,
  RecordOptions,
  UpdateOptions,
} from "./records/record-store.ts";
export {
  type TraceContext,
  type UploadFile,
  type UploadPart,
  type UploadProgress,
  type UploadStatus,
  type Uploads,
  uploads,
} from "./records/uploads.ts";
export { type CloudflareKvStoreOptions, cloudflareKvStore } from "./stores/cloudflare-kv.ts";
export {
  type DurableObjectNamespaceOptions,
  type DurableObjectStorageOptions,
  type DurableObjectStorageStore,
  durableObjectKvStore,
} from "./stores/durable-object.ts";
export { type IoRedisKvStoreOptions, ioredisKvStore } from "./stores/ioredis.ts";
export { type MemoryKvStoreOptions, memoryKvStore } from "./stores/memory.ts";
export {
  type RedisClient,
  type RedisKvStoreOptions,
  type RedisLike,
  redisKvStore,
} from "./stores/redis.ts";
