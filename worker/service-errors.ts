// The errors of the service as they cross RPC: without a cause, which may be impossible to clone or
// confidential, and always with a code of the contract.

import { KvError } from "../bindings/contract/errors.ts";
import { reads } from "../bindings/contract/operations.ts";
import { logFailure } from "./log.ts";

/** The error that crosses RPC, for anything that an operation has thrown. */
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

// The runtime logs the errors of RPC methods, with their stacks.
function withoutStack(error: KvError): KvError {
  return Object.defineProperty(error, "stack", { value: `${error.name}: ${error.message}` });
}

/** The `UNSUPPORTED` for a store that the service does not have. */
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
