// What lies in a directory, packed as the grammar of wasm/core/host.h has it.
import fs from "node:fs";
import { promisify } from "node:util";
import type { HostReply } from "../../boundary/host-reply.ts";
import { mapLimited } from "../../operation/concurrency.ts";
import { errnoOf } from "./errno.ts";

const lstat = promisify(fs.lstat);
const opendir = promisify(fs.opendir);
const readdir = promisify(fs.readdir);
const stat = promisify(fs.stat);

// More would only wait for the threads that Node has for it.
const statsAtOnce = 32;
// By then a name that is still missing was renamed to amid each of the readings.
const mostReadings = 8;
// Kernels give a directory the time of their last tick, which is at most 10 ms ago.
const tickMs = 20;
const absent = { mtimeMs: 0, ctimeMs: 0, mode: 0, size: 0 };

export function statOf({ mtimeMs, ctimeMs, mode, size }: typeof absent): Uint8Array {
  return new Uint8Array(Float64Array.of(mtimeMs, ctimeMs, mode, size).buffer);
}

/** The stats of the paths, each followed by NUL; zeros for what is not there. */
export async function statsOf(root: string, paths: string): Promise<Uint8Array> {
  const all = paths.split("\0").slice(0, -1);
  const stats = await mapLimited(statsAtOnce, all, (path) =>
    lstat(`${root}/${path}`).catch(() => absent),
  );
  return Buffer.concat(stats.map(statOf));
}

/** The files in the directory, and in those below it that hold the files of long names. */
export async function entriesOf(root: string): Promise<Uint8Array> {
  const files: string[] = [];
  const directories = [""];
  for (const directory of directories) {
    for (const entry of await direntsOf(`${root}/${directory}`, directory !== "")) {
      if (entry.isFile()) files.push(directory + entry.name);
      if (holdsFiles(entry)) directories.push(`${directory}${entry.name}/`);
    }
  }
  // A name that is no UTF-8 comes with this character in place of its bytes, and is nobody's.
  const doubtful = files.filter((path) => path.includes("\uFFFD"));
  const ghosts = new Set(doubtful.filter((path) => !fs.existsSync(`${root}/${path}`)));
  const real = ghosts.size === 0 ? files : files.filter((path) => !ghosts.has(path));
  return Buffer.from(real.map((path) => `${path}\0`).join(""));
}

/** Whether a file of that name is in the directory, in the same letters. */
export async function namesExactly(root: string, path: string): Promise<boolean> {
  try {
    await lstat(`${root}/${path}`);
    return (await readdir(root)).includes(path);
  } catch {
    return false;
  }
}

/** A walk through the same files, a few entries at a time, that begins again when it has ended. */
export class Walk {
  readonly #root: string;
  #directory: fs.Dir | null = null;
  // The path of the one that is open, and of those that are still to come.
  #path = "";
  #paths: string[] = [];
  #before: Promise<unknown> = Promise.resolve();

  constructor(root: string) {
    this.#root = root;
  }

  /** Calls wait for each other. */
  next(count: number): Promise<HostReply> {
    const next = this.#before.then(() => this.#next(count));
    this.#before = next.catch(() => {});
    return next;
  }

  async #next(count: number): Promise<HostReply> {
    let paths = "";
    for (let i = 0; i < count; i++) {
      this.#directory ??= await this.#open();
      const entry = await this.#directory.read();
      if (entry?.isFile()) paths += `${this.#path}${entry.name}\0`;
      if (entry !== null && holdsFiles(entry)) this.#paths.push(`${this.#path}${entry.name}/`);
      if (entry !== null) continue;
      await this.close();
      if (this.#paths.length === 0) break;
    }
    return { value: Buffer.from(paths), meta: await statsOf(this.#root, paths) };
  }

  async close(): Promise<void> {
    const walk = this.#directory;
    this.#directory = null;
    await walk?.close();
  }

  // One that was removed meanwhile is passed over.
  async #open(): Promise<fs.Dir> {
    for (;;) {
      this.#path = this.#paths.pop() ?? "";
      try {
        return await opendir(`${this.#root}/${this.#path}`);
      } catch (thrown) {
        if (this.#path === "") throw thrown;
      }
    }
  }
}

async function direntsOf(path: string, mayBeGone: boolean): Promise<Iterable<fs.Dirent>> {
  try {
    return await direntsThroughout(path);
  } catch (thrown) {
    if (mayBeGone && errnoOf(thrown) === "ENOENT") return [];
    throw thrown;
  }
}

/**
 * None is missing that is there throughout. On some file systems, such as tmpfs and Btrfs, a name moves
 * within its directory when another file is renamed to it, and a reading that is under way misses it: a
 * directory that changed meanwhile is read again, until that tells no more names.
 */
async function direntsThroughout(path: string): Promise<Iterable<fs.Dirent>> {
  const found = new Map<string, fs.Dirent>();
  for (let reading = 1; ; reading++) {
    const { mtimeMs } = await stat(path);
    const maySeemUnchanged = Math.abs(Date.now() - mtimeMs) < tickMs;
    const known = found.size;
    for (const entry of await readdir(path, { withFileTypes: true })) found.set(entry.name, entry);
    const hasChanged = maySeemUnchanged || (await stat(path)).mtimeMs !== mtimeMs;
    const tellsNoMore = reading > 1 && found.size === known;
    if (!hasChanged || tellsNoMore || reading === mostReadings) return found.values();
  }
}

/** Whether it is a directory for files of long names. */
function holdsFiles(entry: fs.Dirent): boolean {
  return entry.isDirectory() && entry.name.endsWith("%");
}
