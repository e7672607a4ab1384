// The lock of one object: one operation holds it at a time. If the request of a holder dies, the lock
// passes to the next operation a while after the holder's deadline.
import { longestTimerMs, reapAfterDeadlineMs } from "../../contract/limits.ts";

type Holder = { readonly untilMs: number; readonly released: Promise<void> };

export class ObjectLock {
  #holder: Holder | null = null;

  /**
   * Resolves with a function that releases the lock. Rejects if the lock is not free by `untilMs`, in Unix
   * milliseconds.
   */
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
    const holder: Holder = { untilMs: untilMs + reapAfterDeadlineMs, released };
    this.#holder = holder;
    return () => {
      if (this.#holder === holder) this.#holder = null;
      resolve();
    };
  }
}
