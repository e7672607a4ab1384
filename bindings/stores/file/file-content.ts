// Reads and writes whole files.
import fs from "node:fs";
import { promisify } from "node:util";
import type { HostReply } from "../../boundary/host-reply.ts";
import { statOf } from "./file-entries.ts";

const open = promisify(fs.open);
const close = promisify(fs.close);
const fstat = promisify(fs.fstat);
const fsync = promisify(fs.fsync);
const futimes = promisify(fs.futimes);
const read = promisify(fs.read);
const unlink = promisify(fs.unlink);
const write = promisify(fs.write);

const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL } = fs.constants;
// Where the platform has these flags: no link is followed, and opening a pipe does not wait.
const { O_NOFOLLOW = 0, O_NONBLOCK = 0 } = fs.constants;
const toRead = O_RDONLY | O_NOFOLLOW | O_NONBLOCK;
const toCreate = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;

/** The content of the file, at most `maxBytes` of it, and the stat of that same file. */
export async function readWhole(path: string, maxBytes: number): Promise<HostReply> {
  const file = await open(path, toRead);
  try {
    const stat = await fstat(file);
    const bytes = Buffer.allocUnsafe(Math.min(stat.size, maxBytes));
    let length = 0;
    while (length < bytes.length) {
      const { bytesRead } = await read(file, bytes, length, bytes.length - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return { present: true, value: bytes.subarray(0, length), meta: statOf(stat) };
  } finally {
    // Not awaited: the content is complete.
    fs.close(file, () => {});
  }
}

export type FileForm = {
  readonly mode: number;
  /** In Unix seconds; 0 keeps the time of the write. */
  readonly mtime: number;
  readonly isSynced: boolean;
};

/** Writes a new file. Rejects if there is one at that path; after any failure there is no new file. */
export async function writeNew(path: string, bytes: Uint8Array, form: FileForm): Promise<void> {
  const file = await open(path, toCreate, form.mode);
  try {
    for (let length = 0; length < bytes.length; ) {
      const { bytesWritten } = await write(file, bytes, length, bytes.length - length);
      length += bytesWritten;
    }
    if (form.mtime > 0) await futimes(file, form.mtime, form.mtime);
    if (form.isSynced) await fsync(file);
  } catch (thrown) {
    fs.close(file, () => {});
    await unlink(path);
    throw thrown;
  }
  // On a network disk, `close` fails if the disk is full.
  await close(file);
}
