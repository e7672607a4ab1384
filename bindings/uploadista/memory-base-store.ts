// Uploadista's store in memory, over ours. As with Uploadista's, a missing key is `null` and a list
// tells full keys. It departs from it in this: a list is sorted; one that asks for the prefix of the
// circuit breaker tells keys without it, because the circuit breaker finds nothing otherwise; and what
// is stored has a bound, 64 MiB unless `maxBytes` says otherwise.
import {
  type MemoryKvStoreOptions,
  memoryKvStore as openMemory,
} from "../stores/memory/memory-store.ts";
import { type BaseKvStoreLayer, callable, layerOf } from "./base-layer.ts";
import { type BaseStoreOptions, baseStore, type OpenBaseKvStore } from "./base-store.ts";
import type { UploadistaError } from "./uploadista-error.ts";

export type MemoryBaseKvStoreOptions<E = UploadistaError> = BaseStoreOptions<E> &
  MemoryKvStoreOptions;

/** A new store, which is empty. */
export function makeMemoryBaseKvStore<E = UploadistaError>(
  options: MemoryBaseKvStoreOptions<E> = {},
): OpenBaseKvStore<E> {
  const { UploadistaError, expireAfter, mergeRecords, ...rest } = options;
  return baseStore(() => openMemory(rest), options, { listsFullKeys: true });
}

function memoryLayer<E = UploadistaError>(
  options: MemoryBaseKvStoreOptions<E> = {},
): BaseKvStoreLayer<E> {
  return layerOf(makeMemoryBaseKvStore(options));
}

/**
 * Called, the layer of a new store. Passed as it is, the layer of one store that all share who pass it
 * so: servers that must not see each other's records, and tests, call it.
 */
export const memoryKvStore: typeof memoryLayer & BaseKvStoreLayer = callable(
  memoryLayer,
  memoryLayer(),
);
