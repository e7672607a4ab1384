// The log of failures: one JSON line for each answer of 500 or more. It never contains a value, a
// token, a stack, or the text of an error that is not ours, because that text may quote a value.
import { KvError } from "../bindings/contract/errors.ts";
import { problemOf } from "./problem.ts";

/** The request that failed. */
export type Logged = {
  readonly requestId: string;
  readonly method: string;
  readonly store: string | null;
};

const maxRequestIdChars = 64;

/**
 * The id of a request in the log: Cloudflare's ray, or a random id. Outside Cloudflare the client
 * may send that header, so only text that looks like a ray is taken.
 */
export function requestIdOf(request: Request): string {
  const ray = request.headers.get("cf-ray") ?? "";
  const taken = ray.length <= maxRequestIdChars && /^[0-9A-Za-z-]+$/.test(ray);
  return taken ? ray : crypto.randomUUID();
}

/**
 * Logs a failure whose answer is 500 or more. For a batch, `keys` is the number of its keys that
 * failed so.
 */
export function logFailure(error: unknown, logged: Logged, keys?: number): void {
  const { status, code, detail, key } = problemOf(error);
  if (status < 500) return;
  const operation = error instanceof KvError ? error.operation : null;
  // The class of an unknown error shows whether the fault is ours or the platform's.
  const name = error instanceof Error ? error.name : typeof error;
  const line = { level: "error", ...logged, status, code, operation, key, detail, error: name };
  console.error(JSON.stringify(keys === undefined ? line : { ...line, keys }));
}
