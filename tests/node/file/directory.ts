// Directories on a real disk, gone when their test has ended.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Hands out the path of a directory that does not exist yet, with nothing beside it. */
export async function withDirectory<T>(
  use: (directory: string) => Promise<T>,
  below = tmpdir(),
): Promise<T> {
  const parent = await mkdtemp(join(below, "kvista-file-"));
  try {
    return await use(join(parent, "data"));
  } finally {
    await rm(parent, { recursive: true, force: true });
  }
}
