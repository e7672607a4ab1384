// The files in a directory, packed by the grammar in wasm/core/host.h.
import fs from "node:fs";
import { promisify } from "node:util";
import type { HostReply } from "../../boundary/host-reply.ts";
import { mapLimited } from "../../operation/concurrency.ts";
import { errnoOf } from "./errno.ts";

const lstat = promisify(fs.lstat);
const opendir = promisify(fs.opendir);
const readdir = promisify(fs.readdir);
const stat = promisify(fs.stat);

// More would only wait for Node's threads.
const maxStats = 32;
// A name that is missing after this many readings would have been renamed during each of them.
const maxReadings = 8;
// A kernel gives a directory the time of its last tick, which is at most 10 ms ago.
const tickMs = 20;
const absent = { mtimeMs: 0, ctimeMs: 0, mode: 0, size: 0 };

export function statOf({ mtimeMs, ctimeMs, mode, size }: typeof absent): Uint8Array {
  return new Uint8Array(Float64Array.of(mtimeMs, ctimeMs, mode, size).buffer);
}

/** The stats of the paths, each of which ends with NUL; zeros for a file that does not exist. */
export async function statsOf(root: string, paths: string): Promise<Uint8Array> {
  const all = paths.split("\0").slice(0, -1);
  const stats = await mapLimited(maxStats, all, (path) =>
    lstat(`${root}/${path}`).catch(() => absent),
  );
  return Buffer.concat(stats.map(statOf));
}

/** The paths of the files in the directory, and in the directories below it for files with long names. */
export async function entriesOf(root: string): Promise<Uint8Array> {
  const files: string[] = [];
  const directories = [""];
  for (const directory of directories) {
    for (const entry of await direntsOf(`${root}/${directory}`, directory !== "")) {
      if (entry.isFile()) files.push(directory + entry.name);
      if (holdsFiles(entry)) directories.push(`${directory}${entry.name}/`);
    }
  }
  // Node puts this character in place of bytes that are not UTF-8: then no file has the name that
  // it returns.
  const doubtful = files.filter((path) => path.includes("\uFFFD"));
  const ghosts = new Set(doubtful.filter((path) => !fs.existsSync(`${root}/${path}`)));
  const real = ghosts.size === 0 ? files : files.filter((path) => !ghosts.has(path));
  return Buffer.from(real.map((path) => `${path}\0`).join(""));
}

/** Whether the directory has a file with exactly that name: file systems may ignore case. */
export async function namesExactly(root: string, path: string): Promise<boolean> {
  try {
    await lstat(`${root}/${path}`);
    return (await readdir(root)).includes(path);
  } catch {
    return false;
  }
}

/** Walks through the same files, a few entries at a time, and begins again after the end. */
export class Walk {
  readonly #root: string;
  #directory: fs.Dir | null = null;
  // The path of the open directory, and the paths of those that follow.
  #path = "";
  #paths: string[] = [];
  #before: Promise<unknown> = Promise.resolve();

  constructor(root: string) {
    this.#root = root;
  }

  /** The next entries: at most `count`. Calls wait for each other. */
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

  // A directory that was removed meanwhile is skipped.
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
 * The entries of a directory; none is missing that exists throughout. On some file systems, such as
 * tmpfs and Btrfs, a name moves within its directory when another file is renamed to it, and a
 * reading that is under way misses it. So a directory that changes during the reading is read
 * again, until a reading finds no new names.
 */
async function direntsThroughout(path: string): Promise<Iterable<fs.Dirent>> {
  const found = new Map<string, fs.Dirent>();
  for (let reading = 1; ; reading++) {
    const { mtimeMs } = await stat(path);
    const maySeemUnchanged = Math.abs(Date.now() - mtimeMs) < tickMs;
    const known = found.size;
    for (const entry of await readdir(path, { withFileTypes: true })) found.set(entry.name, entry);
    const hasChanged = maySeemUnchanged || (await stat(path)).mtimeMs !== mtimeMs;
    const foundNoMore = reading > 1 && found.size === known;
    if (!hasChanged || foundNoMore || reading === maxReadings) return found.values();
  }
}

/** Whether it is a directory for files with long names. */
function holdsFiles(entry: fs.Dirent): boolean {
  return entry.isDirectory() && entry.name.endsWith("%");
}
