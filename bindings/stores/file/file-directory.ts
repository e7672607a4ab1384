// The directory .kvista of a store, and what a crash may leave in it.
//
//   .kvista/tmp/LABEL.OWNER   a value that is being written, and what tells its owner (file-owner.ts)
//   .kvista/locks/            file-locks.ts
//   .kvista/expiring          a directory that exists once a value with an expiry was written
import fs from "node:fs/promises";
import { dirname } from "node:path";
import { errnoOf } from "./errno.ts";
import { FileLocks } from "./file-locks.ts";
import { FileOwner } from "./file-owner.ts";
import type { Lease } from "./lease.ts";

// So often others may remove an empty directory before a file is in it; more often, it is something else
// that is not there.
const mostRemovals = 100;

// Stores that nobody closed go with their owners.
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

  /** The path of a temporary file that there is not yet. */
  temporary(label: string): string {
    const random = Math.random().toString(36).slice(2);
    return `${this.root}/.kvista/tmp/${label}-${++this.#files}-${random}.${this.#owner.name}`;
  }

  /** Makes it, with the store's own if that is asked, and removes what dead processes left. */
  async prepare(isMade: boolean, isSynced: boolean): Promise<void> {
    this.#isMarked = false;
    this.#isSynced = isSynced;
    const first = isMade ? await makeDirectories(this.root) : undefined;
    // Each of those that were made is known to the one above it.
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

  /** Nothing is held, and nothing temporary is there. */
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
    // Also if another process has made it, which may not have synced it yet.
    if (this.#isSynced) await syncDirectory(`${this.root}/.kvista`);
    this.#isMarked = true;
  }

  /** Makes the directories that lead to the path, in the store's own. */
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

  /** Makes the directories that lead to the path and does the task, again if others remove them. */
  async withParents(path: string, task: () => Promise<void>): Promise<void> {
    for (let left = mostRemovals; ; left--) {
      try {
        await this.makeParents(path);
        return await task();
      } catch (thrown) {
        if (errnoOf(thrown) !== "ENOENT" || left === 0) throw thrown;
      }
    }
  }

  /** Throws if a directory that leads to the path is none, but a link to elsewhere for example. */
  async checkParents(path: string): Promise<void> {
    for (const parent of parentsOf(path)) await this.#checkDirectory(parent);
  }

  /** Removes those that lead to the path and are empty. */
  async removeParents(path: string): Promise<void> {
    for (const parent of parentsOf(path).reverse()) {
      try {
        await fs.rmdir(`${this.root}/${parent}`);
      } catch {
        // It holds other files, or was removed meanwhile.
        return;
      }
    }
  }

  /**
   * What was renamed or removed at that path is on the disk. A directory that is gone was empty, and is
   * gone from the next one.
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
      // One that another process is about to break is left to it.
      await this.locks.breakIfLeft(name).catch(() => {});
    }
  }
}

/**
 * Makes a directory and those that lead to it; gives the first that it made. Node's `recursive` never ends
 * where the file system says "not found" to each attempt, as /proc does (tried with Node 24).
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
