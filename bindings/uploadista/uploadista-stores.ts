// What Uploadista's core takes a store for: its two interfaces, and its tags. Effect tells tags apart
// by their text, so that these are core's own whichever copy of core is loaded.
import { Context, type Effect } from "effect";
import type { FlowJob } from "../records/flow-jobs.ts";
import type { UploadFile } from "../records/uploads.ts";
import type { UploadistaError } from "./uploadista-error.ts";

/** A store of text. A missing key is `null`; `delete` of one succeeds. */
export interface BaseKvStore<E = UploadistaError> {
  readonly get: (key: string) => Effect.Effect<string | null, E>;
  readonly set: (key: string, value: string) => Effect.Effect<void, E>;
  readonly delete: (key: string) => Effect.Effect<void, E>;
  /** The keys with that prefix; whether they are told with it is said where the store is made. */
  readonly list?: (keyPrefix: string) => Effect.Effect<string[], E>;
}

/** A store of values. A missing key is a failure, `FILE_NOT_FOUND`. */
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
