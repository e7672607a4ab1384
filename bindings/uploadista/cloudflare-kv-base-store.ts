// Uploadista's base store over Workers KV. As Uploadista's own, it returns `null` for a missing
// key, lists keys without their prefix, and fails with UNKNOWN_ERROR.

import { hasMethods } from "../contract/methods.ts";
import {
  type KvNamespaceLike,
  cloudflareKvStore as openKv,
} from "../stores/cloudflare-kv/cloudflare-kv-store.ts";
import { type BaseKvStoreLayer, layerOf, onlyCallable } from "./base-layer.ts";
import { type BaseStoreOptions, baseStore, type OpenBaseKvStore } from "./base-store.ts";
import type { UploadistaError } from "./uploadista-error.ts";

export type CloudflareKvStoreConfig<E = UploadistaError> = CloudflareKvOptions<E> & {
  /** The binding, or an object with `get`, `put`, `delete` and `list`, which cannot do `expireAfter`. */
  kv: KvNamespaceLike;
};

export type CloudflareKvOptions<E = UploadistaError> = BaseStoreOptions<E> & {
  /**
   * The least time between two writes of one key, in milliseconds; by default 1000, the limit of
   * Workers KV.
   */
  readonly writeIntervalMs?: number;
};

/** The base store over `{ kv: env.KV }`, or over `env.KV` itself with the options as a second argument. */
export function makeCloudflareBaseKvStore<E = UploadistaError>(
  config: CloudflareKvStoreConfig<E> | KvNamespaceLike,
  options?: CloudflareKvOptions<E>,
): OpenBaseKvStore<E> {
  const { kv, UploadistaError, expireAfter, mergeRecords, ...rest } = isNamespace(config)
    ? { ...options, kv: config }
    : { ...options, ...config };
  const failing = UploadistaError && { UploadistaError };
  const expiring = expireAfter === undefined ? {} : { expireAfter };
  const merging = mergeRecords === undefined ? {} : { mergeRecords };
  return baseStore(() => openKv({ ...rest, kv }), { ...failing, ...expiring, ...merging });
}

function cloudflareKvLayer<E = UploadistaError>(
  config: CloudflareKvStoreConfig<E> | KvNamespaceLike,
  options?: CloudflareKvOptions<E>,
): BaseKvStoreLayer<E> {
  return layerOf(makeCloudflareBaseKvStore(config, options));
}

export const cloudflareKvStore: typeof cloudflareKvLayer = onlyCallable(
  cloudflareKvLayer,
  "cloudflareKvStore({ kv: env.KV })",
);

function isNamespace(config: object): config is KvNamespaceLike {
  return hasMethods(config, "put");
}
