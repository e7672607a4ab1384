// The directory .kvista of a store, and the removal of files that a crash has left in it.
//
//   .kvista/tmp/LABEL.OWNER   a value that is being written, or a file that names an owner (file-owner.ts)
//   .kvista/locks/            the locks (file-locks.ts)
//   .kvista/expiring          a directory that exists once a value with an expiry was written
import fs from "node:fs/promises";
import { dirname } from "node:path";
import { errnoOf } from "./errno.ts";
import { FileLocks } from "./file-locks.ts";
import { FileOwner } from "./file-owner.ts";
import type { Lease } from "./lease.ts";

// How often other processes may remove an empty directory before a file is in it. After more
// attempts, something else must be missing.
const maxRemovals = 100;

// The owner of a store that nobody closed is closed when the store is collected.
const forgotten = new FinalizationRegistry<FileOwner>((owner) => void owner.close());

export class FileDirectory {
  readonly root: string;
  readonly locks: FileLocks;
  readonly #owner: FileOwner;
  #files = 0;
  #isMarked = false;
  #isSynced = false;

  constructor(root: string, lease?: Lease) {
    this.root = root;
    this.#owner = new FileOwner(`${root}/.kvista/tmp`);
    this.locks = new FileLocks(`${root}/.kvista/locks`, this.#owner, lease);
    forgotten.register(this, this.#owner, this);
  }

  /** The path for a new temporary file. */
  temporary(label: string): string {
    const random = Math.random().toString(36).slice(2);
    return `${this.root}/.kvista/tmp/${label}-${++this.#files}-${random}.${this.#owner.name}`;
  }

  /**
   * Makes .kvista, and with `isMade` the store's directory too; then removes the files that dead
   * processes have left. With `isSynced`, new directories are on the disk when it resolves.
   */
  async prepare(isMade: boolean, isSynced: boolean): Promise<void> {
    this.#isMarked = false;
    this.#isSynced = isSynced;
    const first = isMade ? await makeDirectories(this.root) : undefined;
    // A new directory is on the disk when the one above it is synced.
    const isNew = isSynced && first !== undefined;
    for (let made = this.root; isNew && made.length >= first.length; ) {
      made = dirname(made);
      await syncDirectory(made);
    }
    for (const path of [".kvista/tmp/", ".kvista/locks/"]) await this.makeParents(path);
    await this.#owner.open();
    if (isSynced) await syncDirectory(`${this.root}/.kvista`);
    if (isSynced) await syncDirectory(this.root);
    await this.#removeLeftOvers();
  }

  /** REQUIRES: no lock is held, and there is no temporary file. */
  async close(): Promise<void> {
    forgotten.unregister(this);
    await this.#owner.close();
  }

  async isExpiring(): Promise<boolean> {
    return fs.lstat(`${this.root}/.kvista/expiring`).then(
      () => true,
      () => false,
    );
  }

  async markExpiring(): Promise<void> {
    if (this.#isMarked) return;
    await this.makeParents(".kvista/expiring/");
    // Another process may have made it and not synced it yet: so it is always synced.
    if (this.#isSynced) await syncDirectory(`${this.root}/.kvista`);
    this.#isMarked = true;
  }

  /** Makes the directories that lead to the path, inside the store's directory. */
  async makeParents(path: string): Promise<void> {
    for (const parent of parentsOf(path)) {
      try {
        await fs.mkdir(`${this.root}/${parent}`);
      } catch (thrown) {
        if (errnoOf(thrown) !== "EEXIST") throw thrown;
      }
      await this.#checkDirectory(parent);
    }
  }

  /**
   * Makes the directories that lead to the path, then runs the task; repeats both if others remove
   * a directory.
   */
  async withParents(path: string, task: () => Promise<void>): Promise<void> {
    for (let left = maxRemovals; ; left--) {
      try {
        await this.makeParents(path);
        return await task();
      } catch (thrown) {
        if (errnoOf(thrown) !== "ENOENT" || left === 0) throw thrown;
      }
    }
  }

  /** Throws if one of the names that lead to the path is no directory, for example a link. */
  async checkParents(path: string): Promise<void> {
    for (const parent of parentsOf(path)) await this.#checkDirectory(parent);
  }

  /** Removes the empty ones of the directories that lead to the path. */
  async removeParents(path: string): Promise<void> {
    for (const parent of parentsOf(path).reverse()) {
      try {
        await fs.rmdir(`${this.root}/${parent}`);
      } catch {
        // The directory holds other files, or somebody else has removed it.
        return;
      }
    }
  }

  /**
   * When it resolves, a rename or a removal at that path is on the disk. If a directory is gone, it
   * was empty, and its own removal is synced in the next one.
   */
  async sync(path: string): Promise<void> {
    for (const parent of [...parentsOf(path).reverse(), "."]) {
      await syncDirectory(`${this.root}/${parent}`).catch((thrown) => {
        if (errnoOf(thrown) !== "ENOENT" || parent === ".") throw thrown;
      });
    }
  }

  async #checkDirectory(path: string): Promise<void> {
    const stat = await fs.lstat(`${this.root}/${path}`);
    if (!stat.isDirectory()) throw new Error(`ENOTDIR: ${this.root}/${path} is no directory`);
  }

  async #removeLeftOvers(): Promise<void> {
    for (const name of await fs.readdir(`${this.root}/.kvista/tmp`)) {
      await this.#owner.removeIfLeft(name);
    }
    for (const name of await fs.readdir(`${this.root}/.kvista/locks`)) {
      // If another process breaks the same lock, this attempt fails, and the other one counts.
      await this.locks.breakIfLeft(name).catch(() => {});
    }
  }
}

/**
 * Makes a directory and those that lead to it; returns the first one that it has made. Node's own
 * `recursive` never ends where the file system fails each attempt with "not found", as /proc does
 * (tried with Node 24).
 */
async function makeDirectories(path: string): Promise<string | undefined> {
  const make = async () => {
    try {
      await fs.mkdir(path);
      return path;
    } catch (thrown) {
      if (errnoOf(thrown) !== "EEXIST" || !(await fs.stat(path)).isDirectory()) throw thrown;
      return undefined;
    }
  };
  try {
    return await make();
  } catch (thrown) {
    const above = dirname(path);
    if (errnoOf(thrown) !== "ENOENT" || above === path) throw thrown;
    const first = await makeDirectories(above);
    const made = await make();
    return first ?? made;
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await fs.open(path);
  await directory.sync().finally(() => directory.close());
}

function parentsOf(path: string): string[] {
  return path
    .split("/")
    .slice(0, -1)
    .map((_, i, names) => names.slice(0, i + 1).join("/"));
}
