// The errors of a store in the core, made from the core's failures and from arguments of a wrong type.
import type { Failure } from "../boundary/call-result.ts";
import { KvError, type KvErrorCode } from "../contract/errors.ts";
import { OperationFailed } from "./operation-failed.ts";

type Key = string | null | undefined;

/** The error of a failure. A listing has a prefix, which is not the error's key. */
export function storeError(
  store: string,
  operation: string,
  key: Key,
  failure: Failure,
  cause?: unknown,
): KvError {
  const isListing = operation === "list" || operation === "page";
  const failedKey = isListing ? null : (key ?? null);
  return new KvError({ ...failure, store, operation, key: failedKey, cause });
}

/** The error for a rejection of the drive loop; any error but `OperationFailed` is returned as it is. */
export function explained(store: string, operation: string, key: Key, error: unknown): unknown {
  if (!(error instanceof OperationFailed)) return error;
  return storeError(store, operation, key, error.failure, error.cause);
}

// What to do about an error that is found before the core is called.
const hints: { readonly [code in KvErrorCode]?: string } = {
  TIMEOUT: "its signal was aborted by the caller",
  INVALID_KEY: "pass text",
  INVALID_VALUE: "pass text",
};

/** The error of a call that does not reach the core. */
export function refusal(
  store: string,
  operation: string,
  key: Key,
  code: KvErrorCode,
  message: string,
  cause?: unknown,
): KvError {
  const hint = hints[code] ?? "pass what the method's type says";
  const failure = { code, message, hint, retryable: code === "TIMEOUT" };
  return storeError(store, operation, key, failure, cause);
}
