// A mutex for each name, within one process. Those who wait for a name get it in the order of their calls.

export class KeyedMutex {
  readonly #last = new Map<string, Promise<void>>();

  isLocked(name: string): boolean {
    return this.#last.has(name);
  }

  /** Waits for the name; resolves with a function that unlocks it. */
  async lock(name: string): Promise<() => void> {
    const before = this.#last.get(name);
    const { promise: unlocked, resolve } = Promise.withResolvers<void>();
    this.#last.set(name, unlocked);
    if (before !== undefined) await before;
    return () => {
      if (this.#last.get(name) === unlocked) this.#last.delete(name);
      resolve();
    };
  }
}
