// Uploadista's base store over one of ours. Nothing happens before an effect runs, and each run does
// the work anew, so that `retry` and `repeat` mean something; a run that is interrupted gives its
// operation up. Every failure is an UploadistaError whose `cause` is what went wrong, mostly a KvError.
//
// It departs from Uploadista's stores, whichever they are, in this: what is refused because of the key
// or the value is VALIDATION_ERROR, not the code of a backend that failed.
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

/** What every base store takes beside what it is a store over. */
export type BaseStoreOptions<E = UploadistaError> = {
  /** Core's own class, so that its `isUploadistaError` knows the failures. */
  readonly UploadistaError?: UploadistaErrorClass<E>;
  /** A prefix that callers never see. */
  readonly keyNamespace?: string;
  /** Seconds after which a key that is not set again expires; without it, keys stay. */
  readonly expireAfter?: number;
  /**
   * Merges what is set under core's prefixes of uploads and flow jobs into the record that is there,
   * by what its fields mean (`uploads` and `flowJobs` of kvista), instead of replacing it: writers that
   * read the same state lose nothing of each other's. Not over Workers KV, nor over a client's four
   * methods: there, each effect fails with `UNSUPPORTED` as its cause.
   */
  readonly mergeRecords?: boolean;
};

/** A base store, which can be closed. */
export type OpenBaseKvStore<E = UploadistaError> = Required<BaseKvStore<E>> & {
  /** Closes what the store itself has opened, such as a client of Redis; later operations fail. */
  readonly close: () => Effect.Effect<void, E>;
};

/** In what one of Uploadista's stores differs from the others. */
export type Manner = {
  /** The code of a `set` that failed; of any other operation it is UNKNOWN_ERROR. */
  readonly setFailure?: StoreErrorCode;
  /** Whether a list tells keys with the prefix that was asked for (false). */
  readonly listsFullKeys?: boolean;
};

// Core's circuit breaker puts this before each key of a list that asked for it, and so wants the keys
// without, whatever the store.
const circuitBreakerPrefix = "uploadista:circuit-breaker:";

/** The base store over what `open` opens when the first effect runs; a failure to is tried again. */
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

/** Makes what an effect fails with out of what was thrown. */
export function errorMaker<E = UploadistaError>(
  options: BaseStoreOptions<E>,
): (code: StoreErrorCode) => (cause: unknown) => E {
  const made = (options.UploadistaError ?? UploadistaError) as UploadistaErrorClass<E>;
  return (code) => (cause) =>
    made.fromCode(isRefusal(cause) ? "VALIDATION_ERROR" : code, { cause });
}

// Whether the caller's key or value broke a rule. What a read finds may be too large as well.
function isRefusal(cause: unknown): boolean {
  if (!(cause instanceof KvError)) return false;
  const { code, operation } = cause;
  return (
    code === "INVALID_KEY" ||
    code === "INVALID_VALUE" ||
    (code === "TOO_LARGE" && (operation === "set" || operation === "patch"))
  );
}

// A list of more keys than one answer holds is put together from pages.
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
