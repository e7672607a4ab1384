// One call of the service over RPC, and its error if no answer comes.
import type { Call } from "../contract/contract.ts";
import { KvError, type KvErrorCode } from "../contract/errors.ts";
import { defaultDeadlineMs, longestTimerMs, reapAfterDeadlineMs } from "../contract/limits.ts";
import { reads } from "../contract/operations.ts";
import type {
  KvServiceBinding,
  ServiceOperation,
  ServiceOperations,
  ServiceOutcome,
} from "./service-protocol.ts";

/** A store of a service. */
export type ServiceAddress = {
  readonly service: KvServiceBinding;
  readonly store: string;
  readonly keyNamespace: string;
};

/** `key` is for errors; `null` if the operation has no single key. */
export type ServiceCall<K extends ServiceOperation> = {
  readonly operation: K;
  readonly args: Parameters<ServiceOperations[K]>;
  readonly key: string | null;
  readonly call: Call;
  readonly closed: boolean;
};

/**
 * Resolves with the answer of the service; rejects with the service's error, as a new `KvError`. If no
 * answer comes, a read fails with `UNAVAILABLE` or `TIMEOUT`, and a write with `OUTCOME_UNKNOWN`.
 */
export async function callService<K extends ServiceOperation>(
  { service, store, keyNamespace }: ServiceAddress,
  { operation, args, key, call, closed }: ServiceCall<K>,
): Promise<ReturnType<ServiceOperations[K]>> {
  const fail = (code: KvErrorCode, message: string, hint: string, cause?: unknown): KvError => {
    const retryable = code === "UNAVAILABLE" || code === "TIMEOUT" || code === "RATE_LIMITED";
    return new KvError({ code, message, store, operation, key, retryable, hint, cause });
  };
  // Without an answer, the service may or may not have carried out a write.
  const lost = (code: KvErrorCode, message: string, cause?: unknown): KvError =>
    reads.has(operation)
      ? fail(code, message, "try again; if it stays so, look at the service's log", cause)
      : fail("OUTCOME_UNKNOWN", `${message}: the write may have happened`, "read the key", cause);

  if (closed) throw fail("CLOSED", "the store was closed", "open a new one");
  if (call.signal?.aborted) {
    throw fail("TIMEOUT", "the signal was aborted before the call", "call without it");
  }
  let reply: ServiceOutcome<ReturnType<ServiceOperations[K]>>;
  const cancellation = cancellationOf(call);
  try {
    const answer = service.perform(store, keyNamespace, operation, args);
    const first = await Promise.race([answer, cancellation.promise]);
    if (typeof first === "string") throw lost("TIMEOUT", first);
    reply = first as ServiceOutcome<ReturnType<ServiceOperations[K]>>;
  } catch (error) {
    if (error instanceof KvError) throw error;
    if (error instanceof Error && error.name === "DataCloneError") {
      const hint = "pass text and plain objects only";
      throw fail("INVALID_ARGUMENT", "an argument cannot be sent", hint, error);
    }
    if (wasQueued(error)) {
      const hint = "ask for less at once";
      throw fail("RATE_LIMITED", "the service has more to do than it can", hint, error);
    }
    throw lost("UNAVAILABLE", "the service did not answer", error);
  } finally {
    cancellation.stop();
  }
  if (!reply.ok) throw new KvError(reply.error);
  return reply.value;
}

// A Durable Object whose queue is full refuses a call before it runs it:
// https://developers.cloudflare.com/durable-objects/best-practices/error-handling/
function wasQueued(error: unknown): boolean {
  if (!(error instanceof Error) || !("overloaded" in error)) return false;
  return error.overloaded === true && /queued|Too much data/.test(error.message);
}

// Resolves with the reason when the signal aborts, or when the deadline is past and the service,
// which keeps it, has not answered a while later.
function cancellationOf({ signal, deadlineMs = defaultDeadlineMs }: Call) {
  const { promise, resolve } = Promise.withResolvers<string>();
  const aborted = () => resolve("the caller's signal was aborted");
  signal?.addEventListener("abort", aborted);
  const silent = () => resolve("the service did not answer before the deadline");
  const timer = setTimeout(silent, Math.min(deadlineMs + reapAfterDeadlineMs, longestTimerMs));
  const stop = () => {
    signal?.removeEventListener("abort", aborted);
    clearTimeout(timer);
  };
  return { promise, stop };
}
