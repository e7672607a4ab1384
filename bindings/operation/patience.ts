// How long the caller of one operation waits: to its deadline, or until its signal aborts. The deadline is
// kept on this side, because only JavaScript has a clock that runs while nothing happens.
import { type DeadlineTimer, startTimer, stopTimer, type Waiting } from "./deadline-timer.ts";

/** Who does not wait for ever. */
export type Impatient = { abandon(): void };

export class Patience implements Waiting {
  reason = "the deadline passed before the backend answered";
  hint = "try again, or give the call a longer deadlineMs";
  cause: unknown;
  readonly deadlineMs: number;
  readonly #timer: DeadlineTimer;
  readonly #owner: Impatient;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort: (() => void) | undefined;

  /** `owner.abandon` is called when it is over, unless `stop` was called before. */
  constructor(owner: Impatient, deadlineMs: number, signal: AbortSignal | undefined) {
    this.#owner = owner;
    this.deadlineMs = deadlineMs;
    this.#timer = startTimer(this);
    this.#signal = signal;
    if (signal === undefined) return;
    this.#onAbort = () => {
      this.reason = "the call was aborted";
      this.hint = "its signal was aborted by the caller";
      this.cause = signal.reason;
      owner.abandon();
    };
    // Not before what is awaited has been asked for.
    if (signal.aborted) queueMicrotask(this.#onAbort);
    signal.addEventListener("abort", this.#onAbort);
  }

  onDeadline(): void {
    this.#owner.abandon();
  }

  stop(): void {
    stopTimer(this.#timer, this);
    if (this.#onAbort !== undefined) this.#signal?.removeEventListener("abort", this.#onAbort);
  }
}
