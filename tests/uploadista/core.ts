// Stands in for @uploadista/core, which is on no registry: what its stores import of it, and its typed
// store, written from what is known of it. Uploadista's packaged stores run over this one.
import { Context, Data, Effect, Layer } from "effect";

const catalog: { readonly [code: string]: { readonly status: number; readonly body: string } } = {
  FILE_NOT_FOUND: { status: 404, body: "The file for this url was not found\n" },
  FILE_WRITE_ERROR: { status: 500, body: "Something went wrong receiving the file\n" },
  UNKNOWN_ERROR: { status: 500, body: "Something went wrong with that request\n" },
  VALIDATION_ERROR: { status: 400, body: "Validation failed\n" },
};

type Fields = {
  code: string;
  status: number;
  body: string;
  details?: unknown;
  cause?: unknown;
};

export class UploadistaError extends Data.TaggedError("UploadistaError") {
  readonly code: string;
  readonly status: number;
  readonly status_code: number;
  readonly body: string;
  readonly details?: unknown;

  constructor({ code, status, body, details, cause }: Fields) {
    super();
    this.name = "UploadistaError";
    this.code = code;
    this.status = this.status_code = status;
    this.body = body;
    this.details = details;
    if (cause) (this as { cause?: unknown }).cause = cause;
  }

  static fromCode(code: string, overrides: Partial<Omit<Fields, "code">> = {}): UploadistaError {
    const { status, body } = catalog[code] as { status: number; body: string };
    return new UploadistaError({ code, status, body, ...overrides });
  }

  toEffect<T = never>(): Effect.Effect<T, UploadistaError> {
    return Effect.fail(this);
  }
}

export const isUploadistaError = (error: unknown): error is UploadistaError =>
  error instanceof UploadistaError;

export interface BaseKvStore {
  readonly get: (key: string) => Effect.Effect<string | null, UploadistaError>;
  readonly set: (key: string, value: string) => Effect.Effect<void, UploadistaError>;
  readonly delete: (key: string) => Effect.Effect<void, UploadistaError>;
  readonly list?: (keyPrefix: string) => Effect.Effect<string[], UploadistaError>;
}

export type KvStore<T> = {
  readonly get: (key: string) => Effect.Effect<T, UploadistaError>;
  readonly set: (key: string, value: T) => Effect.Effect<void, UploadistaError>;
  readonly delete: (key: string) => Effect.Effect<void, UploadistaError>;
  readonly list?: () => Effect.Effect<string[], UploadistaError>;
};

/** Values as JSON under a prefix. Its methods may be taken off it. */
export class TypedKvStore<T> implements KvStore<T> {
  readonly #base: BaseKvStore;
  readonly #prefix: string;

  constructor(base: BaseKvStore, prefix: string) {
    this.#base = base;
    this.#prefix = prefix;
  }

  readonly get = (key: string): Effect.Effect<T, UploadistaError> =>
    Effect.flatMap(this.#base.get(this.#prefix + key), (text) => {
      if (text === null) {
        const cause = `Key "${key}" not found`;
        return UploadistaError.fromCode("FILE_NOT_FOUND", { cause }).toEffect<T>();
      }
      return Effect.try({
        try: () => JSON.parse(text) as T,
        catch: (cause) => invalid(`Failed to deserialize value for key "${key}"`, cause),
      });
    });

  // The text is made when this is called, not when the effect runs.
  readonly set = (key: string, value: T): Effect.Effect<void, UploadistaError> => {
    try {
      return this.#base.set(this.#prefix + key, JSON.stringify(value));
    } catch (cause) {
      return invalid(`Failed to serialize value for key "${key}"`, cause).toEffect<void>();
    }
  };

  readonly delete = (key: string): Effect.Effect<void, UploadistaError> =>
    this.#base.delete(this.#prefix + key);

  readonly list = (): Effect.Effect<string[], UploadistaError> => {
    if (this.#base.list === undefined) {
      const body = "List operation not supported by this store";
      return new UploadistaError({ code: "UNKNOWN_ERROR", status: 501, body }).toEffect<string[]>();
    }
    const withoutPrefix = (key: string) =>
      key.startsWith(this.#prefix) ? key.slice(this.#prefix.length) : key;
    return Effect.map(this.#base.list(this.#prefix), (keys) => keys.map(withoutPrefix));
  };
}

function invalid(body: string, cause: unknown): UploadistaError {
  return UploadistaError.fromCode("VALIDATION_ERROR", { body, cause });
}

export class BaseKvStoreService extends Context.Tag("BaseKvStore")<
  BaseKvStoreService,
  BaseKvStore
>() {}

/** A record of either kind; nothing here looks into one. */
export type Stored = { readonly [member: string]: unknown };

export class UploadFileKVStore extends Context.Tag("UploadFileKVStore")<
  UploadFileKVStore,
  KvStore<Stored>
>() {}

export class FlowJobKVStore extends Context.Tag("FlowJobKVStore")<
  FlowJobKVStore,
  KvStore<Stored>
>() {}

const typed = <T>(prefix: string) =>
  Effect.map(BaseKvStoreService, (base) => new TypedKvStore<T>(base, prefix));

export const uploadFileKvStore = Layer.effect(
  UploadFileKVStore,
  typed<Stored>("uploadista:upload-file:"),
);
export const flowJobKvStore = Layer.effect(FlowJobKVStore, typed<Stored>("uploadista:flow-job:"));
