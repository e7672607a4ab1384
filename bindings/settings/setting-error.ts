// The failure of a setting: it says what is wrong and which settings there are. It never quotes the
// setting itself, which may hold a password wherever the writer put it.
import { KvError } from "../contract/errors.ts";

/** An `INVALID_ARGUMENT` of `createKvStore`. */
export function settingError(message: string, hint: string, cause?: unknown): KvError {
  const about = { store: "createKvStore", operation: "open", key: null, retryable: false };
  return new KvError({ code: "INVALID_ARGUMENT", message, hint, cause, ...about });
}

/** The same of a deployed Worker, whose callers have no part in it: `UNAVAILABLE`, until it is set right. */
export function misconfigured(
  store: string,
  operation: string,
  message: string,
  hint: string,
): KvError {
  const about = { store, operation, key: null, retryable: false };
  return new KvError({ code: "UNAVAILABLE", message, hint, ...about });
}
