// Turns within one process, one at a time for each name, in the order in which they were asked for.

export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  isTaken(name: string): boolean {
    return this.#last.has(name);
  }

  /** Waits for the turn; resolves with what ends it. */
  async take(name: string): Promise<() => void> {
    const before = this.#last.get(name);
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    this.#last.set(name, ended);
    if (before !== undefined) await before;
    return () => {
      if (this.#last.get(name) === ended) this.#last.delete(name);
      resolve();
    };
  }
}
