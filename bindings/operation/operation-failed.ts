// The failure of an operation on its way from the drive loop to the store.
import type { Failure } from "../boundary/call-result.ts";
import { InstanceLost } from "../boundary/instance.ts";

/** An operation ended with a failure. `cause` is the last thing that the host threw. */
export class OperationFailed extends Error {
  override readonly name = "OperationFailed";
  readonly failure: Failure;

  constructor(failure: Failure, cause?: unknown) {
    super(failure.message, { cause });
    this.failure = failure;
  }
}

/** The failure of an operation whose instance was lost. */
export function instanceLost(isWrite: boolean, cause: unknown): OperationFailed {
  const failure: Failure = isWrite
    ? {
        code: "OUTCOME_UNKNOWN",
        message: "the core was replaced after a fault while the write was under way",
        hint: "read the key to see which value it has, then decide",
        retryable: false,
      }
    : {
        code: "UNAVAILABLE",
        message: "the core was replaced after a fault",
        hint: "try again: the next operation has a new instance; please report the fault",
        retryable: true,
      };
  return new OperationFailed(failure, cause);
}

/** A loss of the instance as the failure that the caller gets; any other error as it is. */
export function operationErrorOf(error: unknown, isWrite: boolean): unknown {
  return error instanceof InstanceLost ? instanceLost(isWrite, error) : error;
}
