// The layer of a base store. A layer stands for one store, however often it is built: Uploadista's
// server builds it again for each request.
import { Effect, Layer } from "effect";
import type { OpenBaseKvStore } from "./base-store.ts";
import type { UploadistaError } from "./uploadista-error.ts";
import { BaseKvStoreService } from "./uploadista-stores.ts";

/**
 * A layer that also has the operations of its store, because some of Uploadista's documents call
 * them on it.
 */
export type BaseKvStoreLayer<E = UploadistaError> = Layer.Layer<BaseKvStoreService> &
  OpenBaseKvStore<E>;

/** The layer of that store. */
export function layerOf<E>(store: OpenBaseKvStore<E>): BaseKvStoreLayer<E> {
  // A tag has one type of errors. The caller knows which class they really have.
  const service = store as unknown as OpenBaseKvStore;
  return Object.assign(Layer.succeed(BaseKvStoreService, service), store);
}

/** A function that makes layers and is a layer itself. */
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
 * A function that makes layers. Some of Uploadista's documents pass the function itself as a layer:
 * building that layer fails with a message that says what to pass.
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
