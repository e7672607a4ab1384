// Limits on how many tasks of a host run at the same time.

/** Runs at most that many tasks at a time; further ones wait, and begin in the order of their calls. */
export class Semaphore {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(limit: number) {
    this.#free = limit;
  }

  /** Settles as the task does. */
  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}

/**
 * Performs the tasks of one step, at most `limit` at a time. The results have the order of the tasks.
 * REQUIRES: no task rejects.
 */
export async function mapLimited<Task, Result>(
  limit: number,
  tasks: readonly Task[],
  perform: (task: Task) => Promise<Result>,
): Promise<Result[]> {
  if (tasks.length <= limit) return Promise.all(tasks.map(perform));
  const results = new Array<Result>(tasks.length);
  let next = 0;
  const lane = async () => {
    while (next < tasks.length) {
      const i = next++;
      results[i] = await perform(tasks[i] as Task);
    }
  };
  await Promise.all(Array.from({ length: limit }, lane));
  return results;
}
