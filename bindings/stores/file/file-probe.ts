// Tries what a file system does with times, modes and names, with files that are gone afterwards.
import { lstat, readdir, unlink } from "node:fs/promises";
import type { HostReply } from "../../boundary/host-reply.ts";
import { writeNew } from "./file-content.ts";
import { statOf } from "./file-entries.ts";

const nothing = new Uint8Array(0);

/**
 * `timed` is the path of a file that there is not; beside it `name` and, in other letters, `other` are
 * tried. The reply's meta is the stat of a file of that form, its value `name` if that is found again,
 * and it is present if `other` finds it too.
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
