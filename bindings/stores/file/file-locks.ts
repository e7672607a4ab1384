// The locks of a directory, one for each name, between processes. A lock is the file LOCKS/NAME, a
// hard link to the file that names its owner (file-owner.ts). Linking is exclusive, and gives the
// lock its owner at the same moment. The operations of one store wait for each other first, so that
// only different stores compete for a link.
//
// The holder of a lock unlinks it. If the owner is dead, another process breaks the lock: it takes
// the lock NAME~ in the same way, looks at NAME again, and unlinks NAME if it is still the same
// lock. Only the holder of NAME~ unlinks the lock of another owner, so a live lock is never broken.
// If the holder of NAME~ dies, its lock is broken in the same way.
//
// If nobody can tell whether the owner lives, for example on another machine, its locks are a lease
// (lease.ts). All locks of an owner are one file, and the owner touches it while it takes or holds
// a lock. A process that has seen the file unchanged for the length of the lease breaks the lock. A
// holder that may have been stopped for so long checks, before it changes anything, that the lock
// is still its own. One case remains: if a holder is stopped between that check and its change, or
// if a network disk delays its change for so long, it changes a value under the lock of the next
// holder.
import fs from "node:fs/promises";
import { errnoOf } from "./errno.ts";
import type { FileOwner } from "./file-owner.ts";
import { KeyedMutex } from "./keyed-mutex.ts";
import { defaultLease, type Lease, LeaseWatch } from "./lease.ts";
import { type LockFile, LockFiles } from "./lock-files.ts";
import type { Fate } from "./process-name.ts";

const baseDelayMs = 1;
const maxDelayMs = 30;
// Nearly all locks are released after this many attempts. Only then is it checked whether the owner
// lives, because the check disturbs the owner.
const attemptsBeforeCheck = 2;
// An operation stops waiting this long before its deadline: so its error can name the owner of the lock.
const reportMs = 50;

type Held = { readonly owner: string; readonly sinceMs: number; readonly end: () => void };
/** A lock, its owner and the owner's fate. The owner last touched its file `silentMs` ago. */
export type Holder = { readonly path: string; readonly owner: string } & {
  readonly fate: Fate;
  readonly silentMs: number;
};

export class FileLocks {
  readonly #files: LockFiles;
  readonly #owner: FileOwner;
  readonly #lease: Lease;
  readonly #watch: LeaseWatch;
  readonly #mutex = new KeyedMutex();
  readonly #held = new Map<string, Held>();
  #touchedMs = Number.NEGATIVE_INFINITY;
  #touch: Promise<void> | null = null;
  #touches: ReturnType<typeof setInterval> | undefined;

  /** REQUIRES: the directory exists and the owner is open before the first lock is taken. */
  constructor(directory: string, owner: FileOwner, lease = defaultLease) {
    this.#files = new LockFiles(directory);
    this.#owner = owner;
    this.#lease = lease;
    this.#watch = new LeaseWatch(lease);
  }

  /**
   * Takes the lock. Throws ELOCKED if others hold it until `untilMs` (Unix milliseconds), or until
   * `isOver` returns true. If `untilMs` is past already, it takes the lock only if that is free.
   */
  async acquire(name: string, untilMs: number, isOver = () => false): Promise<void> {
    const mayWait = Date.now() < untilMs;
    if (!mayWait && this.#mutex.isLocked(name)) throw this.#locked(name, this.#owner.name);
    const end = await this.#mutex.lock(name);
    try {
      const isLate = mayWait && (isOver() || Date.now() >= untilMs);
      if (isLate) throw this.#locked(name, (await this.#files.look(name))?.owner);
      const held = await this.#link(name, untilMs, isOver);
      this.#held.set(name, { ...held, end });
    } catch (thrown) {
      end();
      throw thrown;
    }
    this.#touches ??= setInterval(() => this.#touchIfHeld(), this.#lease.touchMs).unref();
  }

  /** Throws ELEASE if somebody has broken the lock since it was taken. */
  async confirm(name: string): Promise<void> {
    const held = this.#held.get(name);
    if (held !== undefined && (await this.#isOurs(name, held))) return;
    throw new Error(`ELEASE: the lock ${this.#files.path(name)} was broken`);
  }

  /** Releases the lock; does nothing if it is not held. */
  async release(name: string): Promise<void> {
    const held = this.#held.get(name);
    if (held === undefined) return;
    this.#held.delete(name);
    try {
      if (await this.#isOurs(name, held)) await fs.unlink(this.#files.path(name));
    } finally {
      held.end();
    }
  }

  /** Breaks the lock if its owner is dead, or if its lease has ended. */
  async breakIfLeft(name: string): Promise<void> {
    const found = await this.#files.look(name);
    if (found !== null) await this.#breakIfLeft(name, found, Date.now());
  }

  // Returns true if it is worth trying to take the lock again at once.
  async #breakIfLeft(name: string, found: LockFile, untilMs: number): Promise<boolean> {
    const fate = await this.#owner.fateOf(found.owner);
    if (fate === "alive" || (fate === "unknown" && !this.#watch.hasEnded(found))) return false;
    const breaker = `${name}~`;
    await this.acquire(breaker, untilMs);
    try {
      if (!(await this.#files.isStill(name, found))) return true;
      await this.confirm(breaker);
      await fs.unlink(this.#files.path(name));
    } finally {
      await this.release(breaker);
    }
    return true;
  }

  /** All locks in the directory, with their owners. */
  async holders(): Promise<Holder[]> {
    const holders: Holder[] = [];
    for (const name of await this.#files.names()) {
      const found = await this.#files.look(name).catch(() => null);
      if (found === null) continue;
      const fate = await this.#owner.fateOf(found.owner);
      const silentMs = Date.now() - found.mtimeMs;
      holders.push({ path: this.#files.path(name), owner: found.owner, fate, silentMs });
    }
    return holders;
  }

  get leaseMs(): number {
    return this.#lease.lengthMs;
  }

  #locked(name: string, owner = ""): Error {
    return new Error(`ELOCKED: the process ${owner} has the lock ${this.#files.path(name)}`);
  }

  async #link(name: string, untilMs: number, isOver: () => boolean): Promise<Omit<Held, "end">> {
    for (let attempt = 0; ; attempt++) {
      const sinceMs = Date.now();
      // If the owner's file was touched long ago, a new lock would look old.
      if (!this.#isRecent(this.#touchedMs)) await this.#touchNow();
      const { name: owner } = this.#owner;
      try {
        await this.#owner.linkTo(this.#files.path(name));
        return { owner, sinceMs };
      } catch (thrown) {
        if (errnoOf(thrown) !== "EEXIST") throw thrown;
      }
      const delayMs = 1 + Math.random() * Math.min(maxDelayMs, baseDelayMs * 2 ** attempt);
      const isLast = isOver() || Date.now() + delayMs + reportMs >= untilMs;
      const found = await this.#files.look(name);
      if (found === null) continue;
      const isChecked = isLast || attempt >= attemptsBeforeCheck;
      if (isChecked && (await this.#breakIfLeft(name, found, untilMs))) continue;
      if (isLast) throw this.#locked(name, found.owner);
      await new Promise((resolve) => setTimeout(resolve, delayMs));
    }
  }

  // If the lock is recent, nobody can have waited for the end of its lease yet.
  async #isOurs(name: string, { owner, sinceMs }: Held): Promise<boolean> {
    return this.#isRecent(sinceMs) || (await this.#files.look(name))?.owner === owner;
  }

  // By the clock of the day: the monotonic clock stands still while the machine sleeps.
  #isRecent(thenMs: number): boolean {
    return Math.abs(Date.now() - thenMs) < this.#lease.touchMs;
  }

  #touchIfHeld(): void {
    if (this.#held.size > 0) {
      // If it fails every time, the holders notice it when they confirm their locks.
      this.#touchNow().catch(() => {});
      return;
    }
    clearInterval(this.#touches);
    this.#touches = undefined;
  }

  #touchNow(): Promise<void> {
    const nowMs = Date.now();
    this.#touch ??= this.#owner.touch().finally(() => {
      this.#touch = null;
      this.#touchedMs = nowMs;
    });
    return this.#touch;
  }
}
