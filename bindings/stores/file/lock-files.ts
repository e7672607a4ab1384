// The files of a directory's locks, as anybody sees them. Who takes and breaks them: file-locks.ts.
import fs from "node:fs/promises";
import { Semaphore } from "../../operation/concurrency.ts";
import { errnoOf } from "./errno.ts";
import type { Touched } from "./lease.ts";

/** A lock that somebody has: the owner's file, of which it is a link. */
export type LockFile = Touched & { readonly owner: string };

// Open at the same time: when many locks are held long, they are looked at in a crowd.
const maxOpenFiles = 16;

export class LockFiles {
  readonly #directory: string;
  readonly #gate = new Semaphore(maxOpenFiles);

  constructor(directory: string) {
    this.#directory = directory;
  }

  path(name: string): string {
    return `${this.#directory}/${name}`;
  }

  names(): Promise<string[]> {
    return fs.readdir(this.#directory);
  }

  /** Null if nobody has it. */
  look(name: string): Promise<LockFile | null> {
    return this.#gate.run(async () => {
      try {
        // Opened, because a network's disk may tell the times of a file as they were a while ago else.
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

  /** Whether it is nobody else's by now, and its owner has not shown itself since. */
  async isStill(name: string, { owner, device, inode, mtimeMs }: LockFile): Promise<boolean> {
    const now = await this.look(name);
    if (now?.owner !== owner || now.device !== device) return false;
    return now.inode === inode && now.mtimeMs === mtimeMs;
  }
}
