// Tries what a file system does with times, modes and names. It removes its files afterwards.
import { lstat, readdir, unlink } from "node:fs/promises";
import type { HostReply } from "../../boundary/host-reply.ts";
import { writeNew } from "./file-content.ts";
import { statOf } from "./file-entries.ts";

const nothing = new Uint8Array(0);

/**
 * Writes a new file at the path `timed`, and beside it one whose name begins with `name`. `other`
 * is `name` in other letters. The reply's meta is the stat of the first file. Its value is `name`
 * if the directory lists that name, and it is present if `other` finds the same file.
 */
export async function probe(
  timed: string,
  name: string,
  other: string,
  form: { readonly mode: number; readonly mtime: number },
): Promise<HostReply> {
  const slash = timed.lastIndexOf("/") + 1;
  const [folder, rest] = [timed.slice(0, slash), timed.slice(slash)];
  const [named, folded] = [folder + name + rest, folder + other + rest];
  try {
    await writeNew(timed, nothing, { ...form, isSynced: false });
    const meta = statOf(await lstat(timed));
    await writeNew(named, nothing, { mode: form.mode, mtime: 0, isSynced: false }).catch(() => {});
    const names = (await readdir(folder)).filter((one) => one === name + rest);
    const present = await lstat(folded).then(
      () => true,
      () => false,
    );
    return { meta, value: Buffer.from(names.join("")), present };
  } finally {
    for (const path of [timed, named]) await unlink(path).catch(() => {});
  }
}
