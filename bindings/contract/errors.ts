// KvError: the class of all errors of operations. The core decides on code, message and hint; this
// file only gives them the form of a JavaScript error.

/** The codes in the order of their numbers on the wire, from 1 (twin of `Code` in wasm/core/error.h). */
export const codes = [
  "INVALID_KEY",
  "INVALID_VALUE",
  "INVALID_ARGUMENT",
  "TOO_LARGE",
  "VERSION_MISMATCH",
  "NOT_FOUND",
  "UNSUPPORTED",
  "UNAVAILABLE",
  "RATE_LIMITED",
  "TIMEOUT",
  "OUTCOME_UNKNOWN",
  "CORRUPT",
  "OUT_OF_MEMORY",
  "CLOSED",
] as const;

/** The codes of errors; each keeps its meaning in every store. */
export type KvErrorCode = (typeof codes)[number];

/** The fields of a KvError as a plain object: the form in which it crosses RPC. */
export type KvErrorFields = {
  readonly code: KvErrorCode;
  readonly message: string;
  /** The kind of the store, such as `redis`. */
  readonly store: string;
  /** The name of the method, such as `set`, or `open`. */
  readonly operation: string;
  /** The key that the error is about, or `null` if it is about no single key. */
  readonly key: string | null;
  /** Whether the same call may succeed later without any change. */
  readonly retryable: boolean;
  /** What the user can do about it. */
  readonly hint: string;
  /** The error of the platform or the client, if there is one. */
  readonly cause?: unknown;
};

/** The error with which every operation of a store rejects; `KvErrorFields` describes its fields. */
export class KvError extends Error {
  override readonly name = "KvError";
  readonly code: KvErrorCode;
  readonly store: string;
  readonly operation: string;
  readonly key: string | null;
  readonly retryable: boolean;
  readonly hint: string;

  constructor(fields: KvErrorFields) {
    super(fields.message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.code = fields.code;
    this.store = fields.store;
    this.operation = fields.operation;
    this.key = fields.key;
    this.retryable = fields.retryable;
    this.hint = fields.hint;
  }

  /** The fields, without `cause`: that may be an object that cannot be cloned. */
  toJSON(): KvErrorFields {
    const { code, message, store, operation, key, retryable, hint } = this;
    return { code, message, store, operation, key, retryable, hint };
  }
}
