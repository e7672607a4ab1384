// The keys that a contender goes through in a Worker, and the values that it sets.
import { uploadKeys, uploadRecord } from "../workload.ts";

export const value = uploadRecord(300);
// SQLite writes no page when a row is replaced by the same bytes, so a set of the value that is there
// costs no commit. What an upload's progress sets differs from what is there.
export const otherValue = value.replace('"offset":5242880', '"offset":6291456');

/** Goes through the keys, over and over: each pass has the other value. */
export class Walk {
  readonly #keys: readonly string[];
  #at = -1;
  #passes = 0;

  constructor(count: number) {
    this.#keys = uploadKeys(count);
  }

  get length(): number {
    return this.#keys.length;
  }

  key(): string {
    this.#at += 1;
    if (this.#at === this.#keys.length) {
      this.#at = 0;
      this.#passes += 1;
    }
    return this.#keys[this.#at] as string;
  }

  /** For the key that was given last. */
  changingValue(): string {
    return this.#passes % 2 === 0 ? otherValue : value;
  }
}

// One for each contender of each row: they go on where they were at the last request.
const walks = new Map<string, Walk>();
export function walkOf(name: string, count: number): Walk {
  let walk = walks.get(name);
  if (walk?.length !== count) {
    walk = new Walk(count);
    walks.set(name, walk);
  }
  return walk;
}
