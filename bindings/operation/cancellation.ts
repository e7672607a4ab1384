// Cancels one operation at its deadline, or when its signal aborts. The deadline is kept on this side,
// because only JavaScript has a clock that runs while nothing happens.
import {
  type DeadlineListener,
  type DeadlineTimer,
  startTimer,
  stopTimer,
} from "./deadline-timer.ts";

/** An operation that can be cancelled. */
export type Cancellable = { cancel(): void };

export class Cancellation implements DeadlineListener {
  reason = "the deadline passed before the backend answered";
  hint = "try again, or give the call a longer deadlineMs";
  /** The signal's reason, if the signal aborted. */
  cause: unknown;
  readonly deadlineMs: number;
  readonly #timer: DeadlineTimer;
  readonly #operation: Cancellable;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort: (() => void) | undefined;

  /** Calls `operation.cancel`, unless `stop` is called before. `deadlineMs` is in Unix milliseconds. */
  constructor(operation: Cancellable, deadlineMs: number, signal: AbortSignal | undefined) {
    this.#operation = operation;
    this.deadlineMs = deadlineMs;
    this.#timer = startTimer(this);
    this.#signal = signal;
    if (signal === undefined) return;
    this.#onAbort = () => {
      this.reason = "the call was aborted";
      this.hint = "its signal was aborted by the caller";
      this.cause = signal.reason;
      operation.cancel();
    };
    // In a microtask: the operation must first have its promise and the host's.
    if (signal.aborted) queueMicrotask(this.#onAbort);
    signal.addEventListener("abort", this.#onAbort);
  }

  onDeadline(): void {
    this.#operation.cancel();
  }

  stop(): void {
    stopTimer(this.#timer, this);
    if (this.#onAbort !== undefined) this.#signal?.removeEventListener("abort", this.#onAbort);
  }
}
