// The layer of a base store. A layer stands for one store, however often it is built: Uploadista's
// server builds it again for each request.
import { Effect, Layer } from "effect";
import type { OpenBaseKvStore } from "./base-store.ts";
import type { UploadistaError } from "./uploadista-error.ts";
import { BaseKvStoreService } from "./uploadista-stores.ts";

/** The layer, and the operations of its store beside, as some of Uploadista's documents use it. */
export type BaseKvStoreLayer<E = UploadistaError> = Layer.Layer<BaseKvStoreService> &
  OpenBaseKvStore<E>;

export function layerOf<E>(store: OpenBaseKvStore<E>): BaseKvStoreLayer<E> {
  // Which class the failures have is the caller's to know: a tag names one type alone.
  const service = store as unknown as OpenBaseKvStore;
  return Object.assign(Layer.succeed(BaseKvStoreService, service), store);
}

/** A maker of layers that is a layer itself. */
export function callable<Make extends (...args: never[]) => unknown, L extends object>(
  make: Make,
  layer: L,
): Make & L {
  const called = (...args: Parameters<Make>) => make(...args);
  Object.setPrototypeOf(called, Object.getPrototypeOf(layer));
  Object.defineProperties(called, Object.getOwnPropertyDescriptors(layer));
  return called as unknown as Make & L;
}

/**
 * A maker of layers that says what to do when it is passed as a layer itself, as some of Uploadista's
 * documents have it: building that layer fails.
 */
export function onlyCallable<Make extends (...args: never[]) => unknown>(
  make: Make,
  usage: string,
): Make {
  const unusable = Layer.effect(
    BaseKvStoreService,
    Effect.dieMessage(`this is the maker of the layer, not the layer: pass ${usage}`),
  );
  return callable(make, unusable);
}
