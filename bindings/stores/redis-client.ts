// What an object that is passed as `redis` is, by its methods.
import { KvError } from "../errors.ts";

/** Whether it has all of these methods. */
export function has(redis: unknown, ...methods: string[]): boolean {
  if (typeof redis !== "object" || redis === null) return false;
  const object = redis as { [name: string]: unknown };
  return methods.every((method) => typeof object[method] === "function");
}

export function isIoRedis(redis: unknown): boolean {
  return has(redis, "createBuiltinCommand", "connect", "on");
}

export function wrongClient(store: "redis" | "ioredis", message: string, hint: string): KvError {
  return new KvError({
    code: "INVALID_ARGUMENT",
    message,
    hint,
    retryable: false,
    store,
    operation: "open",
    key: null,
  });
}
