// The part of the entry kvista/uploadista that is the same everywhere: the names of Uploadista's
// packages and documents.
export { KvError, type KvErrorCode } from "../contract/errors.ts";
export type { FlowJob, FlowJobTask } from "../records/flow-jobs.ts";
export type { UploadFile } from "../records/uploads.ts";
export type { KvNamespaceLike } from "../stores/cloudflare-kv/cloudflare-kv-store.ts";
export type { BaseKvStoreLayer } from "../uploadista/base-layer.ts";
export {
  type BaseStoreOptions,
  baseStore,
  type Manner,
  type OpenBaseKvStore,
} from "../uploadista/base-store.ts";
export {
  type CloudflareDoFlowStoreOptions,
  cloudflareDoFlowJobKvStore,
  cloudflareDoFlowStore,
  type FlowJobDurableObject,
  type FlowJobDurableObjectBranded,
  makeCloudflareDoFlowStore,
} from "../uploadista/cloudflare-do-flow-store.ts";
export {
  type CloudflareDoUploadStoreOptions,
  cloudflareDoUploadStore,
  makeCloudflareDoUploadStore,
  type UploadFileDurableObject,
  type UploadFileDurableObjectBranded,
} from "../uploadista/cloudflare-do-upload-store.ts";
export {
  type CloudflareKvStoreConfig,
  cloudflareKvStore,
  makeCloudflareBaseKvStore,
} from "../uploadista/cloudflare-kv-base-store.ts";
export {
  type DurableObjectBaseKvStore,
  type DurableObjectKvOptions,
  type DurableObjectKvStoreConfig,
  durableObjectKvStore,
  makeDurableObjectBaseKvStore,
} from "../uploadista/durable-object-base-store.ts";
export type { IoRedisKvStoreConfig, IoRedisLike } from "../uploadista/ioredis-base-store.ts";
export {
  type MemoryBaseKvStoreOptions,
  makeMemoryBaseKvStore,
  memoryKvStore,
} from "../uploadista/memory-base-store.ts";
export type { Write } from "../uploadista/merged-write.ts";
export type { RedisKvStoreConfig, RedisLike } from "../uploadista/redis-base-store.ts";
export type { RedisUrlConfig } from "../uploadista/redis-url.ts";
export {
  type StoreErrorCode,
  UploadistaError,
  type UploadistaErrorClass,
} from "../uploadista/uploadista-error.ts";
export {
  type BaseKvStore,
  BaseKvStoreService,
  FlowJobKVStore,
  type KvStore,
  UploadFileKVStore,
} from "../uploadista/uploadista-stores.ts";
