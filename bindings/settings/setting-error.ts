// The errors of settings. They say what is wrong and which settings are valid. They never quote the setting
// itself: it may hold a password at any place.
import { KvError } from "../contract/errors.ts";

/** An `INVALID_ARGUMENT` of `createKvStore`. */
export function settingError(message: string, hint: string, cause?: unknown): KvError {
  const about = { store: "createKvStore", operation: "open", key: null, retryable: false };
  return new KvError({ code: "INVALID_ARGUMENT", message, hint, cause, ...about });
}

/**
 * The `UNAVAILABLE` of a deployed Worker with a wrong setting: its callers can only wait until somebody
 * corrects the setting.
 */
export function misconfigured(
  store: string,
  operation: string,
  message: string,
  hint: string,
): KvError {
  const about = { store, operation, key: null, retryable: false };
  return new KvError({ code: "UNAVAILABLE", message, hint, ...about });
}
