// Leases on files. An owner touches a file again and again, and so shows that it lives to those who
// cannot tell it in another way. Each side measures with its own clock, so that no clock must be
// right.

export type Lease = {
  /** After so long without a touch, the owner has lost its locks. */
  readonly lengthMs: number;
  /** The owner touches the file so often while it holds a lock, and confirms a lock that is older. */
  readonly touchMs: number;
  /** A monotonic clock, in milliseconds. */
  readonly now: () => number;
};

export const defaultLease: Lease = {
  // Longer than a busy turn, or a network disk whose server restarts, delays the timers of a live
  // process; and no longer than a user would wait for the service itself to restart.
  lengthMs: 60_000,
  // The owner has sixty chances to show that it lives, and nearly all locks are held for less.
  touchMs: 1000,
  now: () => performance.now(),
};

/** A file at its last touch. */
export type Touched = {
  readonly device: number;
  readonly inode: number;
  readonly mtimeMs: number;
};

/** Remembers when this process has first seen the files of other owners unchanged. */
export class LeaseWatch {
  readonly #lease: Lease;
  readonly #seen = new Map<string, { readonly mtimeMs: number; readonly sinceMs: number }>();

  constructor(lease: Lease) {
    this.#lease = lease;
  }

  /** Whether the file has been unchanged for the length of a lease since this process first saw it so. */
  hasEnded({ device, inode, mtimeMs }: Touched): boolean {
    const file = `${device}:${inode}`;
    const nowMs = this.#lease.now();
    const seen = this.#seen.get(file);
    if (seen?.mtimeMs === mtimeMs) return nowMs - seen.sinceMs >= this.#lease.lengthMs;
    this.#seen.set(file, { mtimeMs, sinceMs: nowMs });
    return false;
  }
}
