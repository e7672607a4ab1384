// The locks of a directory, one a name, between processes: the file LOCKS/NAME, which is a hard link to
// the file that names its owner (process-name.ts). Linking is exclusive and gives the lock its owner in
// the same moment. Operations of one process wait for each other first, so that a link is contended
// between processes only.
//
// A lock goes with its holder, who unlinks it. One that a dead process left is broken without any clock:
// whoever finds it takes the lock NAME~ by the same procedure, looks again, and unlinks NAME only if it
// still names that dead owner. Nobody but the holder of NAME~ unlinks another's lock, so a live one is
// never broken, and a breaker that died is broken in the same way.
import fs from "node:fs";
import { promisify } from "node:util";
import { errnoOf } from "./errno.ts";
import { isDead, ownName } from "./process-name.ts";

const link = promisify(fs.link);
const readFile = promisify(fs.readFile);
const unlink = promisify(fs.unlink);

const baseDelayMs = 1;
const maxDelayMs = 30;
// So long before its deadline an operation is told who has the lock, and not only that time is over.
const toTellMs = 50;

export class FileLocks {
  readonly #directory: string;
  readonly #ownerFile: string;
  readonly #turns = new Map<string, Promise<void>>();
  readonly #held = new Map<string, () => void>();

  /** `ownerFile` holds this process's name. Both need not exist before the first lock is taken. */
  constructor(directory: string, ownerFile: string) {
    this.#directory = directory;
    this.#ownerFile = ownerFile;
  }

  /**
   * Throws ELOCKED if others have it until then (Unix ms), or until nobody asks for it any more. Who
   * comes when that is over already gets it if it is free.
   */
  async acquire(name: string, untilMs: number, isOver = () => false): Promise<void> {
    const mayWait = Date.now() < untilMs;
    if (!mayWait && this.#turns.has(name)) throw this.#locked(name, ownName);
    const end = await this.turn(name);
    try {
      const isLate = mayWait && (isOver() || Date.now() >= untilMs);
      if (isLate) throw this.#locked(name, await this.#ownerOf(name));
      await this.#link(name, untilMs, isOver);
    } catch (thrown) {
      end();
      throw thrown;
    }
    this.#held.set(name, end);
  }

  /** Of a lock that is not held, nothing. */
  async release(name: string): Promise<void> {
    const end = this.#held.get(name);
    if (end === undefined) return;
    this.#held.delete(name);
    try {
      await unlink(this.#path(name));
    } finally {
      end();
    }
  }

  /** Waits for the name in this process alone; resolves with what ends the turn. */
  async turn(name: string): Promise<() => void> {
    const before = this.#turns.get(name);
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    this.#turns.set(name, ended);
    if (before !== undefined) await before;
    return () => {
      if (this.#turns.get(name) === ended) this.#turns.delete(name);
      resolve();
    };
  }

  /** Breaks the lock if its owner is dead. True if it is worth trying for it again at once. */
  async breakIfDead(name: string, untilMs: number): Promise<boolean> {
    const owner = await this.#ownerOf(name);
    if (owner === null) return true;
    if (!(await isDead(owner))) return false;
    const breaker = `${name}~`;
    await this.acquire(breaker, untilMs);
    try {
      if ((await this.#ownerOf(name)) === owner) await unlink(this.#path(name));
    } finally {
      await this.release(breaker);
    }
    return true;
  }

  #path(name: string): string {
    return `${this.#directory}/${name}`;
  }

  #locked(name: string, owner: string | null): Error {
    return new Error(`ELOCKED: the process ${owner ?? ""} has the lock ${this.#path(name)}`);
  }

  async #link(name: string, untilMs: number, isOver: () => boolean): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        await link(this.#ownerFile, this.#path(name));
        return;
      } catch (thrown) {
        if (errnoOf(thrown) !== "EEXIST") throw thrown;
      }
      if (await this.breakIfDead(name, untilMs)) continue;
      const delayMs = 1 + Math.random() * Math.min(maxDelayMs, baseDelayMs * 2 ** attempt);
      if (isOver() || Date.now() + delayMs + toTellMs >= untilMs) {
        throw this.#locked(name, await this.#ownerOf(name));
      }
      await new Promise((resolve) => setTimeout(resolve, delayMs));
    }
  }

  async #ownerOf(name: string): Promise<string | null> {
    try {
      return await readFile(this.#path(name), "utf8");
    } catch (thrown) {
      if (errnoOf(thrown) === "ENOENT") return null;
      throw thrown;
    }
  }
}
