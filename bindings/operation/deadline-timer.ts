// The timers of deadlines. To set and clear a timer takes a tenth of the time of a whole call of a Durable
// Object. So the operations that start in one turn share a timer, and a timer that has become free passes
// to the next operation that starts in the same turn.
//
// A timer belongs to the request that set it and does not work for another request. So a timer is shared
// and passed on for a few microtasks only: they run before the runtime turns to anything else.
import { longestTimerMs } from "../contract/limits.ts";

// For how many microtasks a free timer is kept. A few lie between the end of an operation and the next line
// of the code that awaited it.
const microtasksKept = 12;
// For how many microtasks a timer is shared. Operations that start together, or by code that awaited
// answers of one turn, start a microtask or two after each other.
const microtasksShared = 2;

/** An operation with a deadline, in Unix milliseconds. */
export type DeadlineListener = { readonly deadlineMs: number; onDeadline(): void };

export class DeadlineTimer {
  /** How many listeners have joined so far. */
  joined = 0;
  firesAtMs = 0;
  readonly #listeners = new Set<DeadlineListener>();
  #handle: ReturnType<typeof setTimeout> | null = null;

  constructor(first: DeadlineListener) {
    this.join(first);
    this.#set(first.deadlineMs);
  }

  /** Whether it runs and fires no later than that deadline; then it is set again for the deadline. */
  serves(deadlineMs: number): boolean {
    return this.#handle !== null && this.firesAtMs <= deadlineMs;
  }

  /** REQUIRES: it serves that deadline. */
  join(listener: DeadlineListener): void {
    this.joined += 1;
    this.#listeners.add(listener);
  }

  leave(listener: DeadlineListener): void {
    this.#listeners.delete(listener);
  }

  /** Whether it runs although nobody waits for it. */
  get isIdle(): boolean {
    return this.#listeners.size === 0 && this.#handle !== null;
  }

  clear(): void {
    if (this.#handle !== null) clearTimeout(this.#handle);
    this.#handle = null;
  }

  #set(deadlineMs: number): void {
    const nowMs = Date.now();
    const delayMs = Math.min(Math.max(0, deadlineMs - nowMs), longestTimerMs);
    this.firesAtMs = nowMs + delayMs;
    this.#handle = setTimeout(() => this.#fire(), delayMs);
  }

  #fire(): void {
    this.#handle = null;
    const nowMs = Date.now();
    let next = Number.POSITIVE_INFINITY;
    const due: DeadlineListener[] = [];
    for (const listener of this.#listeners) {
      if (listener.deadlineMs > nowMs) next = Math.min(next, listener.deadlineMs);
      else due.push(listener);
    }
    if (next < Number.POSITIVE_INFINITY) this.#set(next);
    for (const listener of due) listener.onDeadline();
  }
}

/** The timer that operations of this turn join. */
let shared: DeadlineTimer | null = null;
/** A timer that runs for nobody, for the next operation that starts. */
let free: DeadlineTimer | null = null;

/** Calls `onDeadline` at the deadline, unless `stopTimer` is called before. */
export function startTimer(listener: DeadlineListener): DeadlineTimer {
  const { deadlineMs } = listener;
  if (shared?.serves(deadlineMs)) {
    shared.join(listener);
    return shared;
  }
  const timer = free;
  if (timer !== null) {
    free = null;
    timer.joined += 1;
    if (timer.serves(deadlineMs)) {
      timer.join(listener);
      return timer;
    }
    timer.clear();
  }
  shared = new DeadlineTimer(listener);
  void shareFor(shared);
  return shared;
}

export function stopTimer(timer: DeadlineTimer, listener: DeadlineListener): void {
  timer.leave(listener);
  if (timer.isIdle && timer !== shared) keep(timer);
}

function keep(timer: DeadlineTimer): void {
  if (free !== null) {
    timer.clear();
    return;
  }
  free = timer;
  void keepFor(timer);
}

async function shareFor(timer: DeadlineTimer): Promise<void> {
  let { joined } = timer;
  for (let i = 0; i < microtasksShared; i++) {
    await undefined;
    if (timer.joined === joined) continue;
    joined = timer.joined;
    i = 0;
  }
  if (shared === timer) shared = null;
  if (timer.isIdle && timer !== free) keep(timer);
}

async function keepFor(timer: DeadlineTimer): Promise<void> {
  const { joined } = timer;
  for (let i = 0; i < microtasksKept; i++) {
    await undefined;
    if (timer.joined !== joined) return;
  }
  free = null;
  timer.clear();
}
