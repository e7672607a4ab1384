// The contract that every store keeps, as types. The C++ core decides what the operations do; this file
// holds no logic.

/// <reference lib="esnext.disposable" preserve="true" />

/** A JSON value (RFC 8259), as `patch` takes it. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [member: string]: JsonValue };

/**
 * When a key expires. `ttlSeconds` is an integer of at least 1, counted from now; `expiresAt` is a
 * moment in whole Unix seconds, and one in the past makes the key absent. Both at once are an
 * `INVALID_ARGUMENT`.
 */
export type Expiry = { readonly ttlSeconds?: number; readonly expiresAt?: number };

/**
 * The options of every call. When `signal` aborts, the call fails with `TIMEOUT`, or a write under way with
 * `OUTCOME_UNKNOWN`. `deadlineMs` is in milliseconds from the start of the call, by default 10,000.
 */
export type Call = { readonly signal?: AbortSignal; readonly deadlineMs?: number };

/**
 * The result of a write. `version` is a hash of the value: it identifies the value and does not
 * authenticate it. `expiresAt` is in Unix seconds, or `null` if the value does not expire.
 */
export type Written = { readonly version: string; readonly expiresAt: number | null };

/** A value with its version, and its expiry in Unix seconds or `null`. */
export type Entry = Written & { readonly value: string };

/** One page of a listing. `cursor` is `null` if no page follows. */
export type Page = { readonly keys: string[]; readonly cursor: string | null };

/** The outcome for one key of a batch: its result, or the error with which it failed. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: import("./errors.ts").KvError };

/** A risk of a backend in its present configuration, as `diagnose` reports it. */
export type Finding = {
  readonly severity: "info" | "warning";
  /** A stable name of the finding, such as `volatile` or `eventual-consistency`. */
  readonly name: string;
  readonly message: string;
  /** What to do about it. */
  readonly hint: string;
};

/** What a store can do. A call that needs a capability that the store lacks fails with `UNSUPPORTED`. */
export type Capabilities = {
  /** `compareAndSet`, and conditional deletes. */
  readonly compareAndSet: boolean;
  readonly patch: boolean;
  /** A read sees every write that was acknowledged before it. */
  readonly linearizableReads: boolean;
  /** Writes may have an expiry. */
  readonly expiry: boolean;
  /** Pages are sorted by UTF-8 bytes and give each key once. */
  readonly orderedPages: boolean;
};

/**
 * A key-value store for upload metadata. Keys are non-empty Unicode text of at most 512 bytes as
 * UTF-8, the namespace included. Values are Unicode text of at most 25 MiB as UTF-8. Every call may
 * reject with a `KvError`, whose `code` says why. A read of a missing key resolves with `null`.
 */
export interface KvStore {
  /** The kind of the store, such as `memory` or `redis`. */
  readonly name: string;
  readonly capabilities: Capabilities;
  /** The value, or `null` if the key is absent. */
  get(key: string, call?: Call): Promise<string | null>;
  /**
   * Replaces the whole value. Without an expiry in `options`, an earlier expiry of the key goes. Rejects
   * with `OUTCOME_UNKNOWN` if the write may or may not have happened.
   */
  set(key: string, value: string, options?: Expiry & Call): Promise<Written>;
  /** Makes the key absent. It also succeeds if the key was absent before. */
  delete(key: string, call?: Call): Promise<void>;
  /**
   * All keys with that literal prefix (by default all keys), each once, sorted by UTF-8 bytes. Rejects
   * with `TOO_LARGE` if there are more than 100,000: `page` and `keys` have no such limit.
   */
  list(prefix?: string, call?: Call): Promise<string[]>;
  /**
   * One page of a listing: at most `limit` keys (1 to 1,000, by default 1,000), after those of the
   * page that returned `cursor`. Rejects with `INVALID_ARGUMENT` if the cursor is not one of the
   * same listing.
   */
  page(
    options?: {
      readonly prefix?: string;
      readonly limit?: number;
      readonly cursor?: string;
    } & Call,
  ): Promise<Page>;
  /** All keys with that prefix, read page by page. A key may occur twice if pages are not ordered. */
  keys(prefix?: string, call?: Call): AsyncIterable<string>;
  /** The value with its version and expiry, or `null` if the key is absent. */
  entry(key: string, call?: Call): Promise<Entry | null>;
  /**
   * Writes, atomically, if the current version is `version`; with `null`, if the key is absent.
   * Rejects with `VERSION_MISMATCH` otherwise, and writes nothing.
   */
  compareAndSet(
    key: string,
    version: string | null,
    value: string,
    options?: Expiry & Call,
  ): Promise<Written>;
  /**
   * Merges a patch into the stored JSON (RFC 7396), atomically. Members that the patch does not
   * name keep their exact text. Keeps the expiry unless `options` has one. Rejects with `NOT_FOUND`
   * if the key is absent.
   */
  patch(key: string, mergePatch: JsonValue, options?: Expiry & Call): Promise<Entry>;
  /** The values in the order of the keys, which may repeat; `null` for each key that is absent. */
  getMany(keys: readonly string[], call?: Call): Promise<(string | null)[]>;
  /**
   * Writes several keys. Each has its own outcome, in the order of the entries. It is not a
   * transaction.
   */
  setMany(
    entries: readonly ({ readonly key: string; readonly value: string } & Expiry)[],
    call?: Call,
  ): Promise<Outcome<Written>[]>;
  /** Deletes several keys. Each has its own outcome, in the order of the keys. It is not a transaction. */
  deleteMany(keys: readonly string[], call?: Call): Promise<Outcome<void>[]>;
  /** The risks of the backend in its present configuration. */
  diagnose(): Promise<Finding[]>;
  /** Closes everything that the store itself has opened. Later calls fail with `CLOSED`. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
