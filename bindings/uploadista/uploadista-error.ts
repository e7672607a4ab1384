// UploadistaError with the form of core's own class, for callers that do not pass core's class. It
// knows only the codes with which a store fails. Core's `isUploadistaError` recognizes only core's
// class.
import { Data, Effect } from "effect";

/** The codes of failures; status and body are those in core's catalog of errors. */
const catalog = {
  FILE_NOT_FOUND: { status: 404, body: "The file for this url was not found\n" },
  FILE_WRITE_ERROR: { status: 500, body: "Something went wrong receiving the file\n" },
  UNKNOWN_ERROR: { status: 500, body: "Something went wrong with that request\n" },
  VALIDATION_ERROR: { status: 400, body: "Validation failed\n" },
} as const;

/** The codes with which the stores fail. */
export type StoreErrorCode = keyof typeof catalog;

type Overrides = {
  readonly status?: number;
  readonly body?: string;
  readonly details?: unknown;
  readonly cause?: unknown;
};

/** The part of a class of errors that the stores use: core's class has it, and so has the one below. */
export type UploadistaErrorClass<E> = {
  fromCode(code: StoreErrorCode, overrides?: { readonly cause?: unknown }): E;
};

/** The failure of an effect of a store. `cause` is the original error, usually a `KvError`. */
export class UploadistaError extends Data.TaggedError("UploadistaError") {
  readonly code: string;
  readonly status: number;
  /** The same as `status`. */
  readonly status_code: number;
  readonly body: string;
  readonly details?: unknown;

  constructor(fields: {
    readonly code: string;
    readonly status: number;
    readonly body: string;
    readonly details?: unknown;
    readonly cause?: unknown;
  }) {
    super();
    const { code, status, body, details, cause } = fields;
    this.code = code;
    this.status = status;
    this.status_code = status;
    this.body = body;
    this.details = details;
    if (cause) (this as { cause?: unknown }).cause = cause;
  }

  static fromCode(code: StoreErrorCode, overrides: Overrides = {}): UploadistaError {
    return new UploadistaError({ code, ...catalog[code], ...overrides });
  }

  toEffect<T = never>(): Effect.Effect<T, UploadistaError> {
    return Effect.fail(this);
  }
}
