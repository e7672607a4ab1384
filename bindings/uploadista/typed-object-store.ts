// Uploadista's typed store over Durable Objects: each record is in an object of its own, as a value
// and not as text, and is read and written by the methods of the object's class. Each attempt uses
// a new stub, because a stub stays broken after a failure. As with Uploadista's own, a missing
// record is FILE_NOT_FOUND; here `null` counts as missing too.
import { Effect } from "effect";
import { KvError } from "../contract/errors.ts";
import { type BaseStoreOptions, errorMaker } from "./base-store.ts";
import type { UploadistaError } from "./uploadista-error.ts";
import type { KvStore } from "./uploadista-stores.ts";

/** The binding of a Durable Object class with any methods. */
export type ObjectNamespace<Stub = unknown> = {
  idFromName(name: string): object;
  get(id: never): Stub;
};

/** The options of every typed store. */
export type TypedStoreOptions<E = UploadistaError> = Omit<
  BaseStoreOptions<E>,
  "expireAfter" | "mergeRecords"
>;

/** How the methods of a class are called. */
export type ObjectMethods<Stub, T> = {
  readonly get: (stub: Stub) => Promise<T | null | undefined>;
  readonly set: (stub: Stub, value: T) => Promise<unknown>;
  readonly delete: (stub: Stub) => Promise<unknown>;
};

/** `keyNamespace` is a prefix of the objects' names; Uploadista's own store has no such prefix. */
export function typedObjectStore<Stub, T, E = UploadistaError>(
  namespace: ObjectNamespace,
  methods: ObjectMethods<Stub, T>,
  options: TypedStoreOptions<E>,
): KvStore<T, E> {
  const { keyNamespace = "" } = options;
  const failing = errorMaker(options);
  const unanswered = failing("UNKNOWN_ERROR");
  const asked = <R>(key: string, ask: (stub: Stub) => Promise<R>): Effect.Effect<R, E> =>
    Effect.tryPromise({
      try: async () => {
        // Anything else would be converted to a name, such as "undefined".
        if (typeof key !== "string" || key === "") throw invalidKey(key);
        const id = namespace.idFromName(keyNamespace + key);
        return ask(namespace.get(id as never) as Stub);
      },
      catch: unanswered,
    });

  return {
    get: (key) =>
      Effect.flatMap(asked(key, methods.get), (value) =>
        value === undefined || value === null
          ? Effect.fail(failing("FILE_NOT_FOUND")(undefined))
          : Effect.succeed(value),
      ),
    set: (key, value) => Effect.asVoid(asked(key, (stub) => methods.set(stub, value))),
    delete: (key) => Effect.asVoid(asked(key, methods.delete)),
  };
}

function invalidKey(key: unknown): KvError {
  return new KvError({
    code: "INVALID_KEY",
    message: typeof key === "string" ? "the key is empty" : "the key is not a string",
    hint: "pass the record's id",
    retryable: false,
    store: "cloudflare-do",
    operation: "name",
    key: null,
  });
}
