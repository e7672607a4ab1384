// KvError: the one class that every failing operation rejects with. Which code an operation fails
// with, its message and its hint are the core's decision; this file only gives them a JavaScript shape.

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

export type KvErrorCode = (typeof codes)[number];

/** The fields of a KvError as a plain value, the form in which it crosses RPC. */
export type KvErrorFields = {
  readonly code: KvErrorCode;
  readonly message: string;
  readonly store: string;
  readonly operation: string;
  readonly key: string | null;
  /** Whether the same call may succeed later without any change. */
  readonly retryable: boolean;
  /** What the user can do about it. */
  readonly hint: string;
  readonly cause?: unknown;
};

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

  /** The fields without `cause`, which may hold what cannot be cloned. */
  toJSON(): KvErrorFields {
    const { code, message, store, operation, key, retryable, hint } = this;
    return { code, message, store, operation, key, retryable, hint };
  }
}
