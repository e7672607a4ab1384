// A typed store over a base store: values as JSON under a prefix, as core's own typed stores keep them,
// so that both read the same records. Dates become texts.
import { Effect } from "effect";
import { errorMaker, type OpenBaseKvStore } from "./base-store.ts";
import type { TypedStoreOptions } from "./typed-object-store.ts";
import type { KvStore } from "./uploadista-stores.ts";

/** Text that is no JSON, and what cannot be written as JSON, is VALIDATION_ERROR. */
export function typedJsonStore<T, E>(
  base: OpenBaseKvStore<E>,
  prefix: string,
  options: TypedStoreOptions<E>,
): Required<KvStore<T, E>> {
  const failing = errorMaker(options);
  const invalid = failing("VALIDATION_ERROR");
  return {
    get: (key) =>
      Effect.flatMap(base.get(prefix + key), (text) =>
        text === null
          ? Effect.fail(failing("FILE_NOT_FOUND")(undefined))
          : Effect.try({ try: () => JSON.parse(text) as T, catch: invalid }),
      ),
    set: (key, value) =>
      Effect.flatMap(Effect.try({ try: () => JSON.stringify(value), catch: invalid }), (text) =>
        base.set(prefix + key, text),
      ),
    delete: (key) => base.delete(prefix + key),
    list: () => base.list(prefix),
  };
}
