// Uploadista's base store over one of our stores. Nothing happens before an effect runs. Each run
// performs the operation anew, so that `retry` and `repeat` work, and an interrupted run cancels
// its operation. Every failure is an UploadistaError whose `cause` is the original error, usually a
// KvError.
//
// It differs from Uploadista's own stores in one point: an error because of the key or the value
// has the code VALIDATION_ERROR, and not the code of a backend that failed.
import { Effect } from "effect";
import type { Call, Expiry, KvStore } from "../contract/contract.ts";
import { KvError } from "../contract/errors.ts";
import { requireRecords } from "../records/record-store.ts";
import { mergedWrite, replacingWrite } from "./merged-write.ts";
import {
  type StoreErrorCode,
  UploadistaError,
  type UploadistaErrorClass,
} from "./uploadista-error.ts";
import type { BaseKvStore } from "./uploadista-stores.ts";

/** The options of every base store. */
export type BaseStoreOptions<E = UploadistaError> = {
  /**
   * The class of the failures. Pass core's own class, so that core's `isUploadistaError` recognizes
   * them.
   */
  readonly UploadistaError?: UploadistaErrorClass<E>;
  /** A prefix that callers never see. */
  readonly keyNamespace?: string;
  /** A key expires this many seconds after its last `set`; by default it does not expire. */
  readonly expireAfter?: number;
  /**
   * Merges uploads and flow jobs, which core's prefixes identify, into the stored record instead of
   * replacing it, as `uploads` and `flowJobs` of kvista do: writers that have read the same state
   * lose nothing of each other's changes. Workers KV and objects with four methods cannot do that:
   * over them, each effect fails with `UNSUPPORTED` as its cause.
   */
  readonly mergeRecords?: boolean;
};

/** A base store that can be closed. */
export type OpenBaseKvStore<E = UploadistaError> = Required<BaseKvStore<E>> & {
  /**
   * Closes everything that the store itself has opened, such as a client of Redis. Later operations
   * fail.
   */
  readonly close: () => Effect.Effect<void, E>;
};

/** The points in which Uploadista's stores differ from each other. */
export type Manner = {
  /**
   * The code of a failed `set`, by default UNKNOWN_ERROR. Every other operation fails with
   * UNKNOWN_ERROR.
   */
  readonly setFailure?: StoreErrorCode;
  /** Whether a list returns keys with their prefix; by default without. */
  readonly listsFullKeys?: boolean;
};

// Core's circuit breaker puts this prefix before each key of a list, so over every store it needs
// the keys without the prefix.
const circuitBreakerPrefix = "uploadista:circuit-breaker:";

/**
 * The base store over the store that `open` opens. It calls `open` when the first effect runs, and
 * after a failure again when the next one runs.
 */
export function baseStore<E = UploadistaError>(
  open: () => KvStore | Promise<KvStore>,
  options: BaseStoreOptions<E>,
  manner: Manner = {},
): OpenBaseKvStore<E> {
  const { expireAfter } = options;
  const { setFailure = "UNKNOWN_ERROR", listsFullKeys = false } = manner;
  const write = options.mergeRecords ? mergedWrite : replacingWrite;
  const expiry: Expiry = expireAfter === undefined ? {} : { ttlSeconds: expireAfter };
  const opened = openedOnce(options.mergeRecords ? async () => requireRecords(await open()) : open);
  const failing = errorMaker(options);
  const performed = <T>(
    code: StoreErrorCode,
    perform: (store: KvStore, call: Call) => Promise<T>,
  ): Effect.Effect<T, E> =>
    Effect.tryPromise({
      try: async (signal) => perform(await opened.store(), { signal }),
      catch: failing(code),
    });

  return {
    get: (key) => performed("UNKNOWN_ERROR", (store, call) => store.get(key, call)),
    set: (key, value) =>
      Effect.asVoid(
        performed(setFailure, (store, call) => write(store, key, value, { ...expiry, ...call })),
      ),
    delete: (key) => performed("UNKNOWN_ERROR", (store, call) => store.delete(key, call)),
    list: (prefix) =>
      performed("UNKNOWN_ERROR", async (store, call) => {
        const keys = await listed(store, prefix, call);
        if (listsFullKeys && prefix !== circuitBreakerPrefix) return keys;
        return keys.map((key) => key.slice(prefix.length));
      }),
    close: () => Effect.tryPromise({ try: () => opened.close(), catch: failing("UNKNOWN_ERROR") }),
  };
}

/** A function that makes the failure of an effect, with a code, from the error that was thrown. */
export function errorMaker<E = UploadistaError>(
  options: BaseStoreOptions<E>,
): (code: StoreErrorCode) => (cause: unknown) => E {
  const made = (options.UploadistaError ?? UploadistaError) as UploadistaErrorClass<E>;
  return (code) => (cause) =>
    made.fromCode(isRefusal(cause) ? "VALIDATION_ERROR" : code, { cause });
}

// Whether the key or the value of the caller breaks a rule. A read may also fail with TOO_LARGE:
// that is not the caller's fault.
function isRefusal(cause: unknown): boolean {
  if (!(cause instanceof KvError)) return false;
  const { code, operation } = cause;
  return (
    code === "INVALID_KEY" ||
    code === "INVALID_VALUE" ||
    (code === "TOO_LARGE" && (operation === "set" || operation === "patch"))
  );
}

// If there are more keys than `list` returns, the keys are read page by page.
async function listed(store: KvStore, prefix: string, call: Call): Promise<string[]> {
  try {
    return await store.list(prefix, call);
  } catch (error) {
    if (!(error instanceof KvError && error.code === "TOO_LARGE" && error.key === null))
      throw error;
  }
  const keys = new Set<string>();
  for await (const key of store.keys(prefix, call)) keys.add(key);
  return [...keys];
}

function openedOnce(open: () => KvStore | Promise<KvStore>) {
  let opened: KvStore | Promise<KvStore> | undefined;
  let isClosed = false;
  return {
    store(): KvStore | Promise<KvStore> {
      if (opened !== undefined) return opened;
      if (isClosed) throw closedUnopened();
      const opening = open();
      opened = opening;
      if (!(opening instanceof Promise)) return opening;
      return opening.then(
        (store) => {
          opened = store;
          return store;
        },
        (error) => {
          opened = undefined;
          throw error;
        },
      );
    },
    async close(): Promise<void> {
      isClosed = true;
      await (await opened)?.close();
    },
  };
}

function closedUnopened(): KvError {
  return new KvError({
    code: "CLOSED",
    message: "the store is closed",
    hint: "open it again",
    retryable: false,
    store: "uploadista",
    operation: "open",
    key: null,
  });
}
