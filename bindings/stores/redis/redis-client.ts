// What an object that is passed as `redis` is, by its methods.
import { KvError } from "../../contract/errors.ts";
import { has } from "../../contract/methods.ts";

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
