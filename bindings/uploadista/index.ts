// What kvista/uploadista gives everywhere: the names of Uploadista's packages and of its documents.
export { KvError, type KvErrorCode } from "../contract/errors.ts";
export type { FlowJob, FlowJobTask } from "../records/flow-jobs.ts";
export type { UploadFile } from "../records/uploads.ts";
export type { KvNamespaceLike } from "../stores/cloudflare-kv/cloudflare-kv-store.ts";
export type { BaseKvStoreLayer } from "./base-layer.ts";
export {
  type BaseStoreOptions,
  baseStore,
  type Manner,
  type OpenBaseKvStore,
} from "./base-store.ts";
export {
  type CloudflareDoFlowStoreOptions,
  cloudflareDoFlowJobKvStore,
  cloudflareDoFlowStore,
  type FlowJobDurableObject,
  type FlowJobDurableObjectBranded,
  makeCloudflareDoFlowStore,
} from "./cloudflare-do-flow-store.ts";
export {
  type CloudflareDoUploadStoreOptions,
  cloudflareDoUploadStore,
  makeCloudflareDoUploadStore,
  type UploadFileDurableObject,
  type UploadFileDurableObjectBranded,
} from "./cloudflare-do-upload-store.ts";
export {
  type CloudflareKvStoreConfig,
  cloudflareKvStore,
  makeCloudflareBaseKvStore,
} from "./cloudflare-kv.ts";
export {
  type DurableObjectBaseKvStore,
  type DurableObjectKvOptions,
  type DurableObjectKvStoreConfig,
  durableObjectKvStore,
  makeDurableObjectBaseKvStore,
} from "./durable-object.ts";
export { type StoreErrorCode, UploadistaError, type UploadistaErrorClass } from "./error.ts";
export type { IoRedisKvStoreConfig, IoRedisLike } from "./ioredis.ts";
export {
  type BaseKvStore,
  BaseKvStoreService,
  FlowJobKVStore,
  type KvStore,
  UploadFileKVStore,
} from "./kv-store.ts";
export {
  type MemoryBaseKvStoreOptions,
  makeMemoryBaseKvStore,
  memoryKvStore,
} from "./memory.ts";
export type { Write } from "./merged-write.ts";
export type { RedisKvStoreConfig, RedisLike } from "./redis.ts";
export type { RedisUrlConfig } from "./redis-url.ts";
