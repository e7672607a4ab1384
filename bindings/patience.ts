// How long an operation is waited for: the deadline is kept on this side, because only JavaScript has a
// clock that runs while nothing happens.
import { type DeadlineTimer, startTimer, stopTimer } from "./deadline-timer.ts";
import type { HostReply } from "./wire.ts";

export const gaveUp = Symbol("gave up");

/** How long the caller of one operation waits: to its deadline, or until its signal aborts. */
export class Patience {
  reason = "the deadline passed before the backend answered";
  hint = "try again, or give the call a longer deadlineMs";
  cause: unknown;
  readonly #timer: DeadlineTimer;
  readonly #signal: AbortSignal | undefined;
  #hasEnded = false;
  #giveUp: (value: typeof gaveUp) => void = () => {};

  constructor(operation: { deadlineMs: number; signal?: AbortSignal | undefined }) {
    this.#timer = startTimer(operation.deadlineMs, () => this.#end());
    this.#signal = operation.signal;
    if (this.#signal?.aborted) this.#onAbort();
    this.#signal?.addEventListener("abort", this.#onAbort);
  }

  /** The replies, those of `failed` if the promise rejects, or `gaveUp`: whichever comes first. */
  wait(
    waiting: Promise<readonly HostReply[]>,
    failed: (thrown: unknown) => readonly HostReply[],
  ): Promise<readonly HostReply[] | typeof gaveUp> {
    return new Promise((resolve) => {
      if (this.#hasEnded) resolve(gaveUp);
      this.#giveUp = resolve;
      waiting.then(resolve, (thrown) => resolve(failed(thrown)));
    });
  }

  stop(): void {
    stopTimer(this.#timer);
    this.#signal?.removeEventListener("abort", this.#onAbort);
  }

  readonly #onAbort = () => {
    this.reason = "the call was aborted";
    this.hint = "its signal was aborted by the caller";
    this.cause = this.#signal?.reason;
    this.#end();
  };

  #end(): void {
    this.#hasEnded = true;
    this.#giveUp(gaveUp);
  }
}
