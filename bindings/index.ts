// What the entry kvista gives everywhere: the stores that need neither a file system nor a Worker, and
// the records over any of them.
export * from "./entries/cloudflare-do.ts";
export * from "./entries/cloudflare-kv.ts";
export * from "./entries/ioredis.ts";
export * from "./entries/memory.ts";
export * from "./entries/redis.ts";
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
export { type ServiceKvStoreOptions, serviceKvStore } from "./service-client.ts";
export {
  type RedisGatewayKvStoreOptions,
  redisGatewayKvStore,
} from "./stores/redis-gateway-store.ts";
