// Uploadista's store in a directory, over ours. As with Uploadista's, a list tells full keys, and a
// failed `set` is FILE_WRITE_ERROR. It departs from it where Uploadista's own core fails over that
// store: a missing key is `null`, which the circuit breaker asks for, and deleting one succeeds, as
// core does after its data store; a list that asks for the prefix of the circuit breaker tells keys
// without it. And a `get` that fails is UNKNOWN_ERROR: FILE_NOT_FOUND told callers that what cannot be
// read is gone. A missing directory is made, unless `createDirectory` is false.
import {
  type FileKvStoreOptions as FileOptions,
  fileKvStore as openDirectory,
} from "../stores/file/file-store.ts";
import { type BaseKvStoreLayer, layerOf, onlyCallable } from "./base-layer.ts";
import { type BaseStoreOptions, baseStore, type OpenBaseKvStore } from "./base-store.ts";
import type { UploadistaError } from "./uploadista-error.ts";

export type FileKvStoreOptions<E = UploadistaError> = BaseStoreOptions<E> & FileOptions;

export function makeFileBaseKvStore<E = UploadistaError>(
  options: FileKvStoreOptions<E>,
): OpenBaseKvStore<E> {
  // A configuration that is missing fails with the first effect.
  const given = options ?? {};
  const { UploadistaError, expireAfter, mergeRecords, ...rest } = given;
  return baseStore(() => openDirectory(rest), given, {
    setFailure: "FILE_WRITE_ERROR",
    listsFullKeys: true,
  });
}

function fileLayer<E = UploadistaError>(options: FileKvStoreOptions<E>): BaseKvStoreLayer<E> {
  return layerOf(makeFileBaseKvStore(options));
}

export const fileKvStore: typeof fileLayer = onlyCallable(fileLayer, "fileKvStore({ directory })");
