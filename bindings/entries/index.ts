// The part of the entry kvista that is the same everywhere: the stores that need neither a file
// system nor a Worker, and the records over any of them.

export {
  type RedisGatewayKvStoreOptions,
  redisGatewayKvStore,
} from "../gateway/redis-gateway-store.ts";
export {
  type FlowJob,
  type FlowJobStatus,
  type FlowJobs,
  type FlowJobTask,
  flowJobs,
} from "../records/flow-jobs.ts";
export type {
  RecordChange,
  RecordFilter,
  RecordOptions,
  UpdateOptions,
} from "../records/record-store.ts";
export {
  type TraceContext,
  type UploadFile,
  type UploadPart,
  type UploadProgress,
  type UploadStatus,
  type Uploads,
  uploads,
} from "../records/uploads.ts";
export { type ServiceKvStoreOptions, serviceKvStore } from "../rpc/service-kv-store.ts";
export * from "./cloudflare-do.ts";
export * from "./cloudflare-kv.ts";
export * from "./ioredis.ts";
export * from "./memory.ts";
export * from "./redis.ts";
