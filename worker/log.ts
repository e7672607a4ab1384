// The log of failures: one JSON line for each answer of 500 or more. It never holds a value, a
// token, a stack or the text of an error that is not ours, because such a text may quote a value.
import { KvError } from "../bindings/contract/errors.ts";
import { problemOf } from "./problem.ts";

/** Which request failed. */
export type Logged = {
  readonly requestId: string;
  readonly method: string;
  readonly store: string | null;
};

const maxRequestIdChars = 64;

/**
 * The id under which a request is logged: Cloudflare's ray, else a random one. Outside Cloudflare the
 * header is the client's, so only what looks like a ray is taken.
 */
export function requestIdOf(request: Request): string {
  const ray = request.headers.get("cf-ray") ?? "";
  const taken = ray.length <= maxRequestIdChars && /^[0-9A-Za-z-]+$/.test(ray);
  return taken ? ray : crypto.randomUUID();
}

/** Logs a failure whose answer is 500 or more; of a batch, `keys` is how many of its keys had it. */
export function logFailure(error: unknown, logged: Logged, keys?: number): void {
  const { status, code, detail, key } = problemOf(error);
  if (status < 500) return;
  const operation = error instanceof KvError ? error.operation : null;
  // The class of an unknown error tells a fault of ours from one of the platform.
  const name = error instanceof Error ? error.name : typeof error;
  const line = { level: "error", ...logged, status, code, operation, key, detail, error: name };
  console.error(JSON.stringify(keys === undefined ? line : { ...line, keys }));
}
