// The contract that every store keeps, as types. What the operations mean is decided once, in the
// C++ core; this file holds no logic.

/// <reference lib="esnext.disposable" preserve="true" />

/** A JSON value as `patch` takes it (RFC 8259). */
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

/** What every call may carry: a signal that gives up on it, and its deadline (10,000 ms by default). */
export type Call = { readonly signal?: AbortSignal; readonly deadlineMs?: number };

/** What a write tells: the version of the value, and when it expires (Unix seconds) or `null`. */
export type Written = { readonly version: string; readonly expiresAt: number | null };

/** A value with its version and expiry. */
export type Entry = Written & { readonly value: string };

/** One page of a listing; `cursor` is `null` at its end. */
export type Page = { readonly keys: string[]; readonly cursor: string | null };

/** The outcome of one key of a batch. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: import("./errors.ts").KvError };

/** A risk of a backend as it is configured. */
export type Finding = {
  readonly severity: "info" | "warning";
  /** A stable name of the finding, such as `volatile` or `eventual-consistency`. */
  readonly name: string;
  readonly message: string;
  /** What to do about it. */
  readonly hint: string;
};

/** What a store can do; what it cannot fails with `UNSUPPORTED`. */
export type Capabilities = {
  readonly compareAndSet: boolean;
  readonly patch: boolean;
  /** A read sees every write that was acknowledged before it. */
  readonly linearizableReads: boolean;
  readonly expiry: boolean;
  /** Pages are sorted by UTF-8 bytes and give each key once. */
  readonly orderedPages: boolean;
};

/**
 * A key-value store for upload metadata. Keys are non-empty Unicode text of at most 512 bytes as
 * UTF-8, the namespace included; values are Unicode text of at most 25 MiB as UTF-8. Every failure
 * is a `KvError`; a missing key is `null`, never an error.
 */
export interface KvStore {
  readonly name: string;
  readonly capabilities: Capabilities;
  /** The value, or `null`. */
  get(key: string, call?: Call): Promise<string | null>;
  /** Replaces the value whole; without an expiry the key loses any earlier one. */
  set(key: string, value: string, options?: Expiry & Call): Promise<Written>;
  /** Makes the key absent; a key that is absent already is no error. */
  delete(key: string, call?: Call): Promise<void>;
  /** Every live key with that literal prefix, sorted by UTF-8 bytes; over 100,000 is `TOO_LARGE`. */
  list(prefix?: string, call?: Call): Promise<string[]>;
  /** One page of at most `limit` keys (1 to 1,000, by default 1,000) from `cursor` on. */
  page(
    options?: {
      readonly prefix?: string;
      readonly limit?: number;
      readonly cursor?: string;
    } & Call,
  ): Promise<Page>;
  /** Every live key with that prefix, page by page. */
  keys(prefix?: string, call?: Call): AsyncIterable<string>;
  /** The value with its version and expiry, or `null`. */
  entry(key: string, call?: Call): Promise<Entry | null>;
  /** Writes only if the current version is that one (`null`: only if absent), else `VERSION_MISMATCH`. */
  compareAndSet(
    key: string,
    version: string | null,
    value: string,
    options?: Expiry & Call,
  ): Promise<Written>;
  /** Merges into the stored JSON (RFC 7396), atomically; members not named keep their exact text. */
  patch(key: string, mergePatch: JsonValue, options?: Expiry & Call): Promise<Entry>;
  /** The values in the order of the keys, duplicates included. */
  getMany(keys: readonly string[], call?: Call): Promise<(string | null)[]>;
  setMany(
    entries: readonly ({ readonly key: string; readonly value: string } & Expiry)[],
    call?: Call,
  ): Promise<Outcome<Written>[]>;
  deleteMany(keys: readonly string[], call?: Call): Promise<Outcome<void>[]>;
  /** The risks of this backend as configured. */
  diagnose(): Promise<Finding[]>;
  /** Closes what the store itself opened; later calls fail with `CLOSED`. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
