// Reads the files of a directory's locks. file-locks.ts takes and breaks the locks.
import fs from "node:fs/promises";
import { Semaphore } from "../../operation/concurrency.ts";
import { errnoOf } from "./errno.ts";
import type { Touched } from "./lease.ts";

/** A lock that somebody holds: the owner's file, to which it is a link. */
export type LockFile = Touched & { readonly owner: string };

// Files that are open at the same time. If many locks are held for long, many operations look at
// them at once.
const maxOpenFiles = 16;

export class LockFiles {
  readonly #directory: string;
  readonly #openFiles = new Semaphore(maxOpenFiles);

  constructor(directory: string) {
    this.#directory = directory;
  }

  path(name: string): string {
    return `${this.#directory}/${name}`;
  }

  names(): Promise<string[]> {
    return fs.readdir(this.#directory);
  }

  /** The lock, or `null` if nobody holds it. */
  look(name: string): Promise<LockFile | null> {
    return this.#openFiles.run(async () => {
      try {
        // Opened first: otherwise a network disk may report times of the file that are out of date.
        const file = await fs.open(this.path(name));
        try {
          const { dev: device, ino: inode, mtimeMs } = await file.stat();
          return { owner: await file.readFile("utf8"), device, inode, mtimeMs };
        } finally {
          await file.close();
        }
      } catch (thrown) {
        if (errnoOf(thrown) === "ENOENT") return null;
        throw thrown;
      }
    });
  }

  /** Whether the lock still has the same owner, and the owner has not touched its file since. */
  async isStill(name: string, { owner, device, inode, mtimeMs }: LockFile): Promise<boolean> {
    const now = await this.look(name);
    if (now?.owner !== owner || now.device !== device) return false;
    return now.inode === inode && now.mtimeMs === mtimeMs;
  }
}
