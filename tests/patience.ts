// How long tests wait for what must come: longer than any machine takes. No verdict of a test depends on how fast the
// machine is, so none of these is a measure of anything; they end a test that hangs.
import type { KvStore } from "../bindings/contract/contract.ts";

/** What a test or a hook may take. */
export const testMs = 15 * 60_000;
/** What a test waits for one thing: less than it may take, so that what did not come is named. */
export const patienceMs = 10 * 60_000;
/** For an operation that must come to its end. */
export const inTime = { deadlineMs: patienceMs };

// Where each operation takes its options.
const optionsAt: { readonly [operation: string]: number } = {
  get: 1,
  entry: 1,
  set: 2,
  delete: 1,
  list: 1,
  page: 0,
  keys: 1,
  compareAndSet: 3,
  compareAndDelete: 2,
  patch: 2,
  getMany: 1,
  setMany: 1,
  deleteMany: 1,
  getBytes: 1,
  entryBytes: 1,
  setBytes: 2,
  compareAndSetBytes: 3,
  patchBytes: 2,
};

/** That store, whose operations have a deadline that a slow machine keeps, unless the call gives another. */
export function patient<Store extends KvStore>(store: Store): Store {
  return new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      if (name === "scope") return (...given: unknown[]) => patient(member.apply(target, given));
      const at = optionsAt[String(name)];
      if (at === undefined) return member.bind(target);
      return (...given: unknown[]) => {
        const options = given[at];
        // What is no object is a test's own to give.
        if (options === undefined) given[at] = inTime;
        else if (typeof options === "object") given[at] = { ...inTime, ...options };
        return member.apply(target, given);
      };
    },
  });
}

// An attempt that takes longer than this fails for another reason.
const maxLifeSeconds = 300;

/** Resolves after so many milliseconds, which do not count as work. */
export type Wait = (milliseconds: number) => Promise<void>;

/**
 * Runs what has to be done while something lives, which leaves it so many seconds for its work beside what it waits for.
 * A failure of an attempt that took longer says nothing: it is printed, and there is another attempt with four times as
 * long, up to some minutes. What fails whatever the machine's speed fails the last of them too.
 */
export async function whileItLives<T>(
  seconds: number,
  attempt: (seconds: number, wait: Wait) => Promise<T>,
): Promise<T> {
  const began = performance.now();
  let waitedMs = 0;
  const wait: Wait = async (milliseconds) => {
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    waitedMs += milliseconds;
  };
  try {
    return await attempt(seconds, wait);
  } catch (error) {
    const workedMs = performance.now() - began - waitedMs;
    if (workedMs < seconds * 1000 || seconds > maxLifeSeconds) throw error;
    console.warn(`too slow for what lives ${seconds} s (${Math.round(workedMs)} ms): ${error}`);
    return whileItLives(4 * seconds, attempt);
  }
}
