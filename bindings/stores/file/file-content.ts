// Whole files, read and written.
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
// Where a platform has them: no link is followed, and a pipe does not make its reader wait.
const { O_NOFOLLOW = 0, O_NONBLOCK = 0 } = fs.constants;
const toRead = O_RDONLY | O_NOFOLLOW | O_NONBLOCK;
const toCreate = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;

/** The content, and the stat of that very file. */
export async function readWhole(path: string, mostBytes: number): Promise<HostReply> {
  const file = await open(path, toRead);
  try {
    const stat = await fstat(file);
    const bytes = Buffer.allocUnsafe(Math.min(stat.size, mostBytes));
    let length = 0;
    while (length < bytes.length) {
      const { bytesRead } = await read(file, bytes, length, bytes.length - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return { present: true, value: bytes.subarray(0, length), meta: statOf(stat) };
  } finally {
    // Nobody waits for it: what was read was read.
    fs.close(file, () => {});
  }
}

export type FileForm = {
  readonly mode: number;
  /** In seconds; 0 leaves it as it comes. */
  readonly mtime: number;
  readonly isSynced: boolean;
};

/** A file that there was not. If it fails, there is none. */
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
  // It tells of a disk that is full, on a network's.
  await close(file);
}
