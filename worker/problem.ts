// Errors as HTTP answers: the table from codes to statuses, and a body by RFC 9457.
import { KvError, type KvErrorCode } from "../bindings/contract/errors.ts";

/** The codes of this front, beside those of the contract. */
export type HttpCode =
  | "UNAUTHORIZED"
  | "FORBIDDEN"
  | "UNKNOWN_ROUTE"
  | "UNKNOWN_STORE"
  | "METHOD_NOT_ALLOWED"
  | "UNSUPPORTED_MEDIA_TYPE"
  | "NOT_CONFIGURED"
  | "INTERNAL";

export type ProblemCode = KvErrorCode | HttpCode;

type Row = { readonly status: number; readonly retryAfterSeconds?: number };

/**
 * The status of each code. `OUTCOME_UNKNOWN` is a 500: clients and proxies repeat a request after a
 * 503 or a 504 by themselves, and the write may have been carried out.
 */
export const answers: { readonly [code in ProblemCode]: Row } = {
  INVALID_KEY: { status: 400 },
  INVALID_VALUE: { status: 400 },
  INVALID_ARGUMENT: { status: 400 },
  UNAUTHORIZED: { status: 401 },
  FORBIDDEN: { status: 403 },
  NOT_FOUND: { status: 404 },
  UNKNOWN_ROUTE: { status: 404 },
  UNKNOWN_STORE: { status: 404 },
  METHOD_NOT_ALLOWED: { status: 405 },
  VERSION_MISMATCH: { status: 412 },
  TOO_LARGE: { status: 413 },
  UNSUPPORTED_MEDIA_TYPE: { status: 415 },
  // Workers KV takes one write a second of one key.
  RATE_LIMITED: { status: 429, retryAfterSeconds: 1 },
  CORRUPT: { status: 500 },
  OUT_OF_MEMORY: { status: 500 },
  OUTCOME_UNKNOWN: { status: 500 },
  INTERNAL: { status: 500 },
  UNSUPPORTED: { status: 501 },
  UNAVAILABLE: { status: 503, retryAfterSeconds: 5 },
  CLOSED: { status: 503, retryAfterSeconds: 5 },
  NOT_CONFIGURED: { status: 503, retryAfterSeconds: 60 },
  TIMEOUT: { status: 504 },
};

const titles: { readonly [status: number]: string } = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  412: "Precondition Failed",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  429: "Too Many Requests",
  500: "Internal Server Error",
  501: "Not Implemented",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

/** An error of this front itself, and not of the store. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  readonly code: ProblemCode;
  readonly hint: string;
  readonly key: string | null;
  readonly headers: { readonly [name: string]: string };

  constructor(
    code: ProblemCode,
    message: string,
    hint: string,
    more: { key?: string; headers?: { readonly [name: string]: string } } = {},
  ) {
    super(message);
    this.code = code;
    this.hint = hint;
    this.key = more.key ?? null;
    this.headers = more.headers ?? {};
  }
}

/** The part of an error that a client may see: never a stack, a cause, a value or a token. */
export type Problem = {
  readonly status: number;
  readonly code: ProblemCode;
  readonly detail: string;
  readonly key: string | null;
  readonly hint: string;
};

/**
 * The problem for anything that was thrown. An error that is not ours is `INTERNAL`, and its text
 * is left out.
 */
export function problemOf(error: unknown): Problem {
  if (error instanceof KvError || error instanceof HttpError) {
    const { code, key, hint, message } = error;
    return { status: answers[code].status, code, detail: message, key, hint };
  }
  return {
    status: answers.INTERNAL.status,
    code: "INTERNAL",
    detail: "the request failed for a reason that is a fault of this program",
    key: null,
    hint: "report it with the request id; the log line of this request holds the same id",
  };
}

/** The answer to a failed request: `application/problem+json`. */
export function problemResponse(error: unknown, requestId: string): Response {
  const { status, code, detail, key, hint } = problemOf(error);
  const { retryAfterSeconds } = answers[code];
  const headers = new Headers(error instanceof HttpError ? error.headers : {});
  headers.set("Content-Type", "application/problem+json");
  headers.set("Cache-Control", "no-store");
  headers.set("X-Content-Type-Options", "nosniff");
  if (retryAfterSeconds !== undefined) headers.set("Retry-After", String(retryAfterSeconds));
  const title = titles[status];
  const body = { type: "about:blank", title, status, detail, code, key, hint, requestId };
  return new Response(JSON.stringify(body), { status, headers });
}
