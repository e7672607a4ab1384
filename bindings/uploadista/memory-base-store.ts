// Uploadista's base store in memory. As Uploadista's own, it returns `null` for a missing key and
// lists full keys. It differs in three points: a list is sorted; the keys of the circuit breaker
// are listed without their prefix, because the circuit breaker finds nothing otherwise; and the
// stored bytes are limited, to 64 MiB or to `maxBytes`.
import {
  type MemoryKvStoreOptions,
  memoryKvStore as openMemory,
} from "../stores/memory/memory-store.ts";
import { type BaseKvStoreLayer, callable, layerOf } from "./base-layer.ts";
import { type BaseStoreOptions, baseStore, type OpenBaseKvStore } from "./base-store.ts";
import type { UploadistaError } from "./uploadista-error.ts";

export type MemoryBaseKvStoreOptions<E = UploadistaError> = BaseStoreOptions<E> &
  MemoryKvStoreOptions;

/** A new, empty store. */
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
 * Called, it returns the layer of a new store. Not called, it is itself the layer of one store that
 * everybody shares who passes it so. Call it for servers that must not see each other's records,
 * and in tests.
 */
export const memoryKvStore: typeof memoryLayer & BaseKvStoreLayer = callable(
  memoryLayer,
  memoryLayer(),
);
