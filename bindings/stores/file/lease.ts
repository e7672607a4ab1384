// Leases on files: a file that its owner touches again and again, so that one who cannot tell whether the
// owner lives sees it. Each side counts by its own clock, so that none need be right.

export type Lease = {
  /** Of so long without a touch, the owner has lost what the file stands for. */
  readonly lengthMs: number;
  /** So often it is touched while that matters, and what is older is looked at before it is trusted. */
  readonly touchMs: number;
  /** Milliseconds that never go back. */
  readonly now: () => number;
};

export const defaultLease: Lease = {
  // Longer than a process that works is kept from its timers, by a busy turn or by a network disk whose
  // server is started again; and no longer than a user would wait for the service itself to be restarted.
  lengthMs: 60_000,
  // Sixty chances to be seen alive, and longer than nearly all locks are held.
  touchMs: 1000,
  now: () => performance.now(),
};

/** The file as it was last touched. */
export type Touched = {
  readonly device: number;
  readonly inode: number;
  readonly mtimeMs: number;
};

/** What one process has seen of the files of others. */
export class LeaseWatch {
  readonly #lease: Lease;
  readonly #seen = new Map<string, { readonly mtimeMs: number; readonly sinceMs: number }>();

  constructor(lease: Lease) {
    this.#lease = lease;
  }

  /** Whether the file has stood as it is for a lease's length since it was first seen so. */
  hasEnded({ device, inode, mtimeMs }: Touched): boolean {
    const file = `${device}:${inode}`;
    const nowMs = this.#lease.now();
    const seen = this.#seen.get(file);
    if (seen?.mtimeMs === mtimeMs) return nowMs - seen.sinceMs >= this.#lease.lengthMs;
    this.#seen.set(file, { mtimeMs, sinceMs: nowMs });
    return false;
  }
}
