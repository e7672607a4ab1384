// Uploadista's base store in a directory. As Uploadista's own, it lists full keys, and a failed `set` is
// FILE_WRITE_ERROR. It differs where Uploadista's core fails over Uploadista's store:
//
// - It returns `null` for a missing key: the circuit breaker reads such keys.
// - It deletes a missing key successfully: core deletes records whose files are gone already.
// - It lists the keys of the circuit breaker without their prefix.
// - A failed `get` is UNKNOWN_ERROR: FILE_NOT_FOUND would mean that the value is gone.
//
// It makes the directory if there is none, unless `createDirectory` is false.
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
  // If the configuration is missing, the first effect fails.
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
