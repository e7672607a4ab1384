// The two interfaces of stores in Uploadista's core, and their tags. Effect compares tags by their
// text, so these tags are those of every copy of core.
import { Context, type Effect } from "effect";
import type { FlowJob } from "../records/flow-jobs.ts";
import type { UploadFile } from "../records/uploads.ts";
import type { UploadistaError } from "./uploadista-error.ts";

/**
 * A store of text. `get` succeeds with `null` for a missing key, and `delete` of a missing key
 * succeeds.
 */
export interface BaseKvStore<E = UploadistaError> {
  readonly get: (key: string) => Effect.Effect<string | null, E>;
  readonly set: (key: string, value: string) => Effect.Effect<void, E>;
  readonly delete: (key: string) => Effect.Effect<void, E>;
  /** The keys that begin with the prefix. Each store documents whether it returns them with the prefix. */
  readonly list?: (keyPrefix: string) => Effect.Effect<string[], E>;
}

/** A store of values. `get` of a missing key fails with `FILE_NOT_FOUND`. */
export interface KvStore<T, E = UploadistaError> {
  readonly get: (key: string) => Effect.Effect<T, E>;
  readonly set: (key: string, value: T) => Effect.Effect<void, E>;
  readonly delete: (key: string) => Effect.Effect<void, E>;
  readonly list?: () => Effect.Effect<string[], E>;
}

export class BaseKvStoreService extends Context.Tag("BaseKvStore")<
  BaseKvStoreService,
  BaseKvStore
>() {}

export class UploadFileKVStore extends Context.Tag("UploadFileKVStore")<
  UploadFileKVStore,
  KvStore<UploadFile>
>() {}

export class FlowJobKVStore extends Context.Tag("FlowJobKVStore")<
  FlowJobKVStore,
  KvStore<FlowJob>
>() {}
