// Failures on their way across RPC: without a cause (it may hold what cannot be cloned, or what is
// nobody else's business), and never as a fault of the runtime where the contract has a code.

import { KvError } from "../bindings/contract/errors.ts";
import { reads } from "../bindings/contract/operations.ts";
import { logFailure } from "./log.ts";

/** Anything thrown by an operation, as an error that can cross. */
export function rpcErrorOf(error: unknown, store: string, operation: string): KvError {
  if (error instanceof KvError) return withoutStack(new KvError(error.toJSON()));
  const requestId = crypto.randomUUID();
  logFailure(error, { requestId, method: "RPC", store });
  return withoutStack(
    new KvError({
      code: reads.has(operation) ? "UNAVAILABLE" : "OUTCOME_UNKNOWN",
      message: `the service failed: ${requestId}`,
      store,
      operation,
      key: null,
      retryable: false,
      hint: "report it with this id; the service's log has a line with it",
    }),
  );
}

// The runtime logs what an RPC method rejects with, stack and all.
function withoutStack(error: KvError): KvError {
  return Object.defineProperty(error, "stack", { value: `${error.name}: ${error.message}` });
}

/** The failure of asking for a store that the service lacks. */
export function unknownStore(name: string, hint: string): KvError {
  return withoutStack(
    new KvError({
      code: "UNSUPPORTED",
      message: "the service has no store of that name",
      store: String(name),
      operation: "open",
      key: null,
      retryable: false,
      hint,
    }),
  );
}
