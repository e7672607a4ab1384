// Timers of deadlines. Setting one and clearing it is a tenth of a whole call of a Durable Object, so the
// operations that start in one turn share a timer, and one that nobody needs any more is handed on to the
// next operation that starts in the same turn.
//
// A timer belongs to the request that set it, and would be no use to another one. So it is shared and
// handed on for some microtasks only: they run before the runtime turns to anything else.

/** setTimeout fires at once for more. */
export const longestTimerMs = 0x7fff_ffff;
// Between the end of an operation and the next line of whoever awaited it lie a few microtasks.
const microtasksHandedOn = 12;
// Operations that are started together, or by those that await answers of one turn, follow each other.
const microtasksShared = 2;

/** Who waits for a deadline (Unix ms). */
export type Waiting = { readonly deadlineMs: number; onDeadline(): void };

export class DeadlineTimer {
  /** How often somebody has joined. */
  joined = 0;
  firesAtMs = 0;
  readonly #waiting = new Set<Waiting>();
  #handle: ReturnType<typeof setTimeout> | null = null;

  constructor(first: Waiting) {
    this.join(first);
    this.#set(first.deadlineMs);
  }

  /** Whether it fires in time for that deadline, and then waits on for it. */
  serves(deadlineMs: number): boolean {
    return this.#handle !== null && this.firesAtMs <= deadlineMs;
  }

  /** REQUIRES: it serves that deadline. */
  join(waiting: Waiting): void {
    this.joined += 1;
    this.#waiting.add(waiting);
  }

  leave(waiting: Waiting): void {
    this.#waiting.delete(waiting);
  }

  /** Whether it runs, and for nobody. */
  get isIdle(): boolean {
    return this.#waiting.size === 0 && this.#handle !== null;
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
    const late: Waiting[] = [];
    for (const waiting of this.#waiting) {
      if (waiting.deadlineMs > nowMs) next = Math.min(next, waiting.deadlineMs);
      else late.push(waiting);
    }
    if (next < Number.POSITIVE_INFINITY) this.#set(next);
    for (const waiting of late) waiting.onDeadline();
  }
}

let shared: DeadlineTimer | null = null;
let handedOn: DeadlineTimer | null = null;

/** Tells `waiting` once its deadline has come, unless `stopTimer` is called before. */
export function startTimer(waiting: Waiting): DeadlineTimer {
  const { deadlineMs } = waiting;
  if (shared?.serves(deadlineMs)) {
    shared.join(waiting);
    return shared;
  }
  const timer = handedOn;
  if (timer !== null) {
    handedOn = null;
    timer.joined += 1;
    if (timer.serves(deadlineMs)) {
      timer.join(waiting);
      return timer;
    }
    timer.clear();
  }
  shared = new DeadlineTimer(waiting);
  void shareFor(shared);
  return shared;
}

export function stopTimer(timer: DeadlineTimer, waiting: Waiting): void {
  timer.leave(waiting);
  if (timer.isIdle && timer !== shared) handOn(timer);
}

function handOn(timer: DeadlineTimer): void {
  if (handedOn !== null) {
    timer.clear();
    return;
  }
  handedOn = timer;
  void handOnFor(timer);
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
  if (timer.isIdle && timer !== handedOn) handOn(timer);
}

async function handOnFor(timer: DeadlineTimer): Promise<void> {
  const { joined } = timer;
  for (let i = 0; i < microtasksHandedOn; i++) {
    await undefined;
    if (timer.joined !== joined) return;
  }
  handedOn = null;
  timer.clear();
}
