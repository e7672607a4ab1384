// Locks as other programs see them: files.
import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The name of a key's lock, whose file has its plain name. */
export function lockNameOf(key: string): string {
  return createHash("sha1").update(`${key}.json`).digest("hex").slice(0, 32);
}

/** Makes that key's lock, as that owner would have it, and tells its path. */
export async function held(directory: string, key: string, owner: string): Promise<string> {
  const locks = join(directory, ".kvista", "locks");
  const path = join(locks, lockNameOf(key));
  await mkdir(locks, { recursive: true });
  await writeFile(path, owner);
  return path;
}

/** The owner of that process's name on a file system without sockets. */
export function unsigned(name: string): string {
  return `${"0".repeat(16)}..${name}`;
}
