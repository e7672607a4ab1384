// The locks of a directory, one a name, between processes: the file LOCKS/NAME, which is a hard link to
// the file that names its owner (file-owner.ts). Linking is exclusive and gives the lock its owner in the
// same moment. Operations of one store wait for each other first, so that a link is contended between
// stores only.
//
// A lock goes with its holder, who unlinks it. One that a dead owner left is broken: whoever finds it
// takes the lock NAME~ by the same procedure, looks again, and unlinks NAME only if it is still that one.
// Nobody but the holder of NAME~ unlinks another's lock, so a live one is never broken, and a breaker that
// died is broken in the same way.
//
// Where nobody can tell whether the owner lives, such as on another machine, its lock is a lease
// (lease.ts): all locks of an owner are one file, which it touches while it takes or holds any. Whoever has
// seen that file unchanged for the lease's length breaks the lock. A holder who may have been away that
// long looks whether the lock is still its own before it changes anything. What remains: a holder that is
// stopped between that look and its change, or whose change lies that long in a network disk's queue,
// changes what the next holder has by then.
import fs from "node:fs/promises";
import { errnoOf } from "./errno.ts";
import type { FileOwner } from "./file-owner.ts";
import { KeyedMutex } from "./keyed-mutex.ts";
import { defaultLease, type Lease, LeaseWatch } from "./lease.ts";
import { type LockFile, LockFiles } from "./lock-files.ts";
import type { Fate } from "./process-name.ts";

const baseDelayMs = 1;
const maxDelayMs = 30;
// Nearly all locks are gone by then. To ask whether an owner lives disturbs it.
const trustingAttempts = 2;
// So long before its deadline an operation is told who has the lock, and not only that time is over.
const toTellMs = 50;

type Held = { readonly owner: string; readonly sinceMs: number; readonly end: () => void };
/** A lock and what can be said of its owner, who last showed itself so long ago. */
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

  /** Both, directory and owner, are made by others before the first lock is taken. */
  constructor(directory: string, owner: FileOwner, lease = defaultLease) {
    this.#files = new LockFiles(directory);
    this.#owner = owner;
    this.#lease = lease;
    this.#watch = new LeaseWatch(lease);
  }

  /**
   * Throws ELOCKED if others have it until then (Unix ms), or until nobody asks for it any more. Who
   * comes when that is over already gets it if it is free.
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

  /** Throws ELEASE if the lock, which is held, was broken meanwhile. */
  async confirm(name: string): Promise<void> {
    const held = this.#held.get(name);
    if (held !== undefined && (await this.#isOurs(name, held))) return;
    throw new Error(`ELEASE: the lock ${this.#files.path(name)} was broken`);
  }

  /** Of a lock that is not held, nothing. */
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

  /** Breaks the lock if its owner is dead, or silent too long. */
  async breakIfLeft(name: string): Promise<void> {
    const found = await this.#files.look(name);
    if (found !== null) await this.#breakIfLeft(name, found, Date.now());
  }

  // True if it is worth trying for it again at once.
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

  /** All locks that there are, with their owners. */
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
      // A file that was touched long ago would make a lock that is new look old.
      if (!this.#isRecent(this.#touchedMs)) await this.#touchNow();
      const { name: owner } = this.#owner;
      try {
        await this.#owner.linkTo(this.#files.path(name));
        return { owner, sinceMs };
      } catch (thrown) {
        if (errnoOf(thrown) !== "EEXIST") throw thrown;
      }
      const delayMs = 1 + Math.random() * Math.min(maxDelayMs, baseDelayMs * 2 ** attempt);
      const isLast = isOver() || Date.now() + delayMs + toTellMs >= untilMs;
      const found = await this.#files.look(name);
      if (found === null) continue;
      const isJudged = isLast || attempt >= trustingAttempts;
      if (isJudged && (await this.#breakIfLeft(name, found, untilMs))) continue;
      if (isLast) throw this.#locked(name, found.owner);
      await new Promise((resolve) => setTimeout(resolve, delayMs));
    }
  }

  // Within that time nobody can have waited for a lease to end.
  async #isOurs(name: string, { owner, sinceMs }: Held): Promise<boolean> {
    return this.#isRecent(sinceMs) || (await this.#files.look(name))?.owner === owner;
  }

  // By the clock of the day, because the other one stands still while the machine sleeps.
  #isRecent(thenMs: number): boolean {
    return Math.abs(Date.now() - thenMs) < this.#lease.touchMs;
  }

  #touchIfHeld(): void {
    if (this.#held.size > 0) {
      // If it fails again and again, the holders find out.
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
