// The lock of one object: held by one operation at a time. A holder whose request died is passed over
// once its own deadline has gone by.

type Holder = { readonly untilMs: number; readonly released: Promise<void> };

// A holder is given up by its drive loop at its deadline; this leaves room for late timers.
const graceMs = 1000;
// A longer timer fires at once.
const longestTimerMs = 0x7fff_ffff;

export class ObjectLock {
  #holder: Holder | null = null;

  /** Resolves with what releases the lock; rejects if it is not free by `untilMs` (Unix ms). */
  async acquire(untilMs: number): Promise<() => void> {
    while (this.#holder !== null) {
      const nowMs = Date.now();
      if (nowMs > this.#holder.untilMs) break;
      if (nowMs >= untilMs) throw new Error("the object's lock was held until the deadline");
      const { promise: waited, resolve } = Promise.withResolvers<void>();
      const waitMs = Math.min(untilMs, this.#holder.untilMs) - nowMs + 1;
      const timer = setTimeout(resolve, Math.min(waitMs, longestTimerMs));
      await Promise.race([this.#holder.released, waited]);
      clearTimeout(timer);
    }
    const { promise: released, resolve } = Promise.withResolvers<void>();
    const holder: Holder = { untilMs: untilMs + graceMs, released };
    this.#holder = holder;
    return () => {
      if (this.#holder === holder) this.#holder = null;
      resolve();
    };
  }
}
