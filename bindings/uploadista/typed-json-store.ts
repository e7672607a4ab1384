// A typed store over a base store. It keeps values as JSON under a prefix, as core's own typed
// stores do, so that both read the same records. Dates become text.
import { Effect } from "effect";
import { errorMaker, type OpenBaseKvStore } from "./base-store.ts";
import type { TypedStoreOptions } from "./typed-object-store.ts";
import type { KvStore } from "./uploadista-stores.ts";

/**
 * A missing record fails with FILE_NOT_FOUND. Stored text that is not JSON, and a value that cannot
 * be converted to JSON, fail with VALIDATION_ERROR.
 */
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
