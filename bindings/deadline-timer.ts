// Timers of deadlines. Setting one and clearing it is a tenth of a whole call of a Durable Object, so a
// timer is handed from an operation that has ended to the next one that starts in the same turn.
//
// A timer belongs to the request that set it, and would be no use to another one. So what is handed on
// waits for some microtasks only: they run before the runtime turns to anything else.

/** setTimeout fires at once for more. */
export const longestTimerMs = 0x7fff_ffff;
// Between the end of an operation and the next line of whoever awaited it lie a few microtasks.
const microtasksKept = 12;

export class DeadlineTimer {
  /** How often it was handed on. */
  round = 0;
  firesAtMs = 0;
  #deadlineMs: number;
  #onDeadline: (() => void) | null;
  #handle: ReturnType<typeof setTimeout> | null;

  constructor(deadlineMs: number, onDeadline: () => void) {
    this.#deadlineMs = deadlineMs;
    this.#onDeadline = onDeadline;
    this.#handle = this.#set();
  }

  /** Whether it has yet to fire. */
  get isSet(): boolean {
    return this.#handle !== null;
  }

  /** REQUIRES: `isSet`, and `deadlineMs` is not before `firesAtMs`. */
  take(deadlineMs: number, onDeadline: () => void): void {
    this.#deadlineMs = deadlineMs;
    this.#onDeadline = onDeadline;
  }

  release(): void {
    this.#onDeadline = null;
  }

  clear(): void {
    if (this.#handle !== null) clearTimeout(this.#handle);
    this.#handle = null;
  }

  #set(): ReturnType<typeof setTimeout> {
    const nowMs = Date.now();
    const delayMs = Math.min(Math.max(0, this.#deadlineMs - nowMs), longestTimerMs);
    this.firesAtMs = nowMs + delayMs;
    return setTimeout(() => this.#fire(), delayMs);
  }

  #fire(): void {
    this.#handle = null;
    if (this.#onDeadline === null) return;
    if (Date.now() < this.#deadlineMs) this.#handle = this.#set();
    else this.#onDeadline();
  }
}

let waiting: DeadlineTimer | null = null;

/** Calls back once that moment (Unix ms) has come, unless `stopTimer` is called before. */
export function startTimer(deadlineMs: number, onDeadline: () => void): DeadlineTimer {
  const timer = waiting;
  if (timer === null) return new DeadlineTimer(deadlineMs, onDeadline);
  waiting = null;
  timer.round += 1;
  if (timer.firesAtMs <= deadlineMs) {
    timer.take(deadlineMs, onDeadline);
    return timer;
  }
  timer.clear();
  return new DeadlineTimer(deadlineMs, onDeadline);
}

export function stopTimer(timer: DeadlineTimer): void {
  timer.release();
  if (waiting !== null || !timer.isSet) {
    timer.clear();
    return;
  }
  waiting = timer;
  void clearSoon(timer);
}

async function clearSoon(timer: DeadlineTimer): Promise<void> {
  const { round } = timer;
  for (let i = 0; i < microtasksKept; i++) {
    await undefined;
    if (timer.round !== round) return;
  }
  waiting = null;
  timer.clear();
}
