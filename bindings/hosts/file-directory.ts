// The directory .kvista of a store, and what a crash may leave in it.
//
//   .kvista/tmp/LABEL.PROCESS   a value that is being written, or own.PROCESS (process-name.ts)
//   .kvista/locks/              file-locks.ts
//   .kvista/expiring            a directory that exists once a value with an expiry was written
import fs from "node:fs/promises";
import { dirname } from "node:path";
import { errnoOf } from "./errno.ts";
import { FileLocks } from "./file-locks.ts";
import { isDead, ownName } from "./process-name.ts";

// So often others may remove an empty directory before a file is in it; more often, it is something else
// that is not there.
const mostRemovals = 100;

export class FileDirectory {
  readonly root: string;
  readonly locks: FileLocks;
  #files = 0;
  #isMarked = false;
  #isSynced = false;

  constructor(root: string) {
    this.root = root;
    this.locks = new FileLocks(`${root}/.kvista/locks`, this.#own());
  }

  /** The path of a temporary file that there is not yet. */
  temporary(label: string): string {
    const random = Math.random().toString(36).slice(2);
    return `${this.root}/.kvista/tmp/${label}-${++this.#files}-${random}.${ownName}`;
  }

  /** Makes it, with the store's own if that is asked, and removes what dead processes left. */
  async prepare(isMade: boolean, isSynced: boolean): Promise<void> {
    this.#isMarked = false;
    this.#isSynced = isSynced;
    const first = isMade ? await fs.mkdir(this.root, { recursive: true }) : undefined;
    // Each of those that were made is known to the one above it.
    const isNew = isSynced && first !== undefined;
    for (let made = this.root; isNew && made.length >= first.length; ) {
      made = dirname(made);
      await syncDirectory(made);
    }
    for (const path of [".kvista/tmp/", ".kvista/locks/"]) await this.makeParents(path);
    // Synced, because a lock that is a link to it must name its owner after a loss of power as well.
    const fresh = this.temporary("new");
    await fs.writeFile(fresh, ownName, { flush: true, flag: "wx" });
    await fs.rename(fresh, this.#own());
    if (isSynced) await syncDirectory(`${this.root}/.kvista`);
    if (isSynced) await syncDirectory(this.root);
    await this.#removeLeftOvers();
  }

  async isExpiring(): Promise<boolean> {
    return fs.lstat(`${this.root}/.kvista/expiring`).then(
      () => true,
      () => false,
    );
  }

  async markExpiring(): Promise<void> {
    if (this.#isMarked) return;
    await fs.mkdir(`${this.root}/.kvista/expiring`, { recursive: true });
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

  #own(): string {
    return `${this.root}/.kvista/tmp/own.${ownName}`;
  }

  async #checkDirectory(path: string): Promise<void> {
    const stat = await fs.lstat(`${this.root}/${path}`);
    if (!stat.isDirectory()) throw new Error(`ENOTDIR: ${this.root}/${path} is no directory`);
  }

  async #removeLeftOvers(): Promise<void> {
    const temporary = `${this.root}/.kvista/tmp`;
    for (const name of await fs.readdir(temporary)) {
      const owner = name.slice(name.indexOf(".") + 1);
      if (await isDead(owner)) await fs.rm(`${temporary}/${name}`, { force: true });
    }
    const now = Date.now();
    for (const name of await fs.readdir(`${this.root}/.kvista/locks`)) {
      // One that another process is about to break is left to it.
      await this.locks.breakIfDead(name, now).catch(() => false);
    }
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
