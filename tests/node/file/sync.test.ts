// With durability "fsync", each directory that the store makes is on the disk before a write is
// acknowledged: the one above it was synced after it was made.
import fs from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test, vi } from "vitest";
import { fileKvStore } from "../../../bindings/stores/file/file-store.ts";
import { withDirectory } from "./directory.ts";

test("each directory that is made is synced in the one above it", () =>
  withDirectory(async (parent) => {
    const directory = join(parent, "several", "levels");
    const synced: { readonly path: string; readonly names: readonly string[] }[] = [];
    const open = fs.open;
    const spy = vi.spyOn(fs, "open").mockImplementation(async (path, ...more) => {
      const handle = await open(path, ...more);
      const sync = handle.sync.bind(handle);
      handle.sync = async () => {
        const names = await fs.readdir(String(path));
        await sync();
        synced.push({ path: join(String(path)), names });
      };
      return handle;
    });
    try {
      await using store = fileKvStore({ directory, durability: "fsync" });
      await store.set("l".repeat(510), "1", { ttlSeconds: 1000 });
    } finally {
      spy.mockRestore();
    }
    const made = [parent, dirname(directory), directory, join(directory, ".kvista")];
    made.push(join(directory, ".kvista", "expiring"));
    const chunk = `${"l".repeat(250)}%`;
    made.push(join(directory, chunk), join(directory, chunk, chunk));
    for (const path of made) {
      const above = synced.filter((one) => one.path === dirname(path));
      expect(above.some(({ names }) => names.includes(path.slice(dirname(path).length + 1)))).toBe(
        true,
      );
    }
  }));
