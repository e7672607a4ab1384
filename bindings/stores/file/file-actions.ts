// What requests do in a store's directory: they read, write, rename and remove the files of values,
// and report on the file system and the locks. Which request comes when, and what it may do, is for
// file-host.ts.
import fs from "node:fs";
import { promisify } from "node:util";
import type { HostReply } from "../../boundary/host-reply.ts";
import type { HostRequest } from "../../boundary/host-request.ts";
import { readWhole, writeNew } from "./file-content.ts";
import type { FileDirectory } from "./file-directory.ts";
import { namesExactly, statOf } from "./file-entries.ts";
import { probe } from "./file-probe.ts";

// The functions with callbacks: they are faster than those of fs/promises.
const lstat = promisify(fs.lstat);
const rename = promisify(fs.rename);
const unlink = promisify(fs.unlink);

const decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });

export class FileActions {
  readonly #directory: FileDirectory;

  constructor(directory: FileDirectory) {
    this.#directory = directory;
  }

  /** Reads the file at that path; if there is none, the file at the request's second path. */
  async read({ key, value, number: maxBytes }: HostRequest): Promise<HostReply> {
    const { root } = this.#directory;
    const other = decoder.decode(value);
    await this.#directory.checkParents(key);
    return readWhole(`${root}/${key}`, maxBytes).catch(async (thrown) => {
      if (other === key || !(await namesExactly(root, other))) throw thrown;
      return readWhole(`${root}/${other}`, maxBytes);
    });
  }

  /** Writes the value to a new file at `path`, which `publish` renames later. */
  async writeAside(path: string, { value, meta, number }: HostRequest): Promise<void> {
    const [mode = 0, synced] = new Float64Array(meta.buffer);
    if (number > 0) await this.#directory.markExpiring();
    await writeNew(path, value, { mode, mtime: number, isSynced: synced === 1 });
  }

  /** Renames the file that was written aside to its own path. */
  async publish(key: string, aside: string): Promise<void> {
    const path = `${this.#directory.root}/${key}`;
    if (key.includes("/")) await this.#directory.withParents(key, () => rename(aside, path));
    else await rename(aside, path);
  }

  /** What follows a rename. The change has been made by then. */
  async afterPublishing({ key, value, number }: HostRequest): Promise<void> {
    await afterwards(async () => {
      await this.#removeOther(key, decoder.decode(value));
      if (number === 1) await this.#directory.sync(key);
    });
  }

  async remove({ key, value, meta, number }: HostRequest): Promise<void> {
    await this.#removeOther(key, decoder.decode(value));
    try {
      await this.#removeFile(key, meta);
    } finally {
      // If there was no file at the path, there may have been one at the second path.
      if (number === 1) await afterwards(() => this.#directory.sync(key));
    }
    await this.#directory.removeParents(key);
  }

  /** Makes the directory ready, and tries what its file system does. */
  async open({ key, value, meta, number }: HostRequest): Promise<HostReply> {
    const [mode = 0, isMade, isSynced] = new Float64Array(meta.buffer);
    await this.#directory.prepare(isMade === 1, isSynced === 1);
    const timed = this.#directory.temporary("probe");
    const found = await probe(timed, key, decoder.decode(value), { mode, mtime: number });
    return { ...found, number: Number(await this.#directory.isExpiring()) };
  }

  /** The locks whose owner is not certainly dead. */
  async holders(): Promise<HostReply> {
    const { locks } = this.#directory;
    const holders = (await locks.holders()).filter(({ fate }) => fate !== "dead");
    const text = holders.map(({ path, owner }) => `${path}\0${owner}\0`).join("");
    const numbers = holders.flatMap(({ fate, silentMs }) => [
      Number(fate === "alive"),
      silentMs / 1000,
    ]);
    const meta = new Uint8Array(Float64Array.from(numbers).buffer);
    return { value: text, meta, number: locks.leaseMs / 1000 };
  }

  async #removeFile(key: string, stat: Uint8Array): Promise<void> {
    const path = `${this.#directory.root}/${key}`;
    await this.#directory.checkParents(key);
    if (stat.length > 0) {
      const found = statOf(await lstat(path));
      if (Buffer.compare(found, stat) !== 0) return;
    }
    await unlink(path);
  }

  // A file that another program left at the plain name: its value must not come back.
  async #removeOther(key: string, other: string): Promise<void> {
    const { root } = this.#directory;
    if (other === key || other === "" || !(await namesExactly(root, other))) return;
    await unlink(`${root}/${other}`);
  }
}

// Runs a task after the change was made. If it fails, the outcome of the change is unknown: so the error
// is that of a fault of the disk.
async function afterwards(task: () => Promise<void>): Promise<void> {
  try {
    await task();
  } catch (cause) {
    throw new Error(`EIO: the change was made, and then ${String(cause)}`, { cause });
  }
}
