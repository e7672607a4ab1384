// How long the caller of one operation waits: to its deadline, or until its signal aborts. The deadline is
// kept on this side, because only JavaScript has a clock that runs while nothing happens.
import { type DeadlineTimer, startTimer, stopTimer } from "./deadline-timer.ts";

export class Patience {
  reason = "the deadline passed before the backend answered";
  hint = "try again, or give the call a longer deadlineMs";
  cause: unknown;
  readonly #timer: DeadlineTimer;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort: () => void;

  /** `end` is called when it is over, unless `stop` was called before. */
  constructor(
    { deadlineMs, signal }: { deadlineMs: number; signal?: AbortSignal | undefined },
    end: () => void,
  ) {
    this.#timer = startTimer(deadlineMs, end);
    this.#signal = signal;
    this.#onAbort = () => {
      this.reason = "the call was aborted";
      this.hint = "its signal was aborted by the caller";
      this.cause = this.#signal?.reason;
      end();
    };
    if (signal === undefined) return;
    // Not before what is awaited has been asked for.
    if (signal.aborted) queueMicrotask(this.#onAbort);
    signal.addEventListener("abort", this.#onAbort);
  }

  stop(): void {
    stopTimer(this.#timer);
    this.#signal?.removeEventListener("abort", this.#onAbort);
  }
}
