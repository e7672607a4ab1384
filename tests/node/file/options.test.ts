// What the filesystem store may be opened with, and what importing the package takes.
import { existsSync } from "node:fs";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { type FileKvStoreOptions, fileKvStore } from "../../../bindings/stores/file/file-store.ts";
import { withDirectory } from "./directory.ts";

test.each([
  ["no directory", {}, "directory"],
  ["an empty directory", { directory: "" }, "directory"],
  ["an unknown durability", { directory: "x", durability: "maybe" }, "durability"],
  ["a text for createDirectory", { directory: "x", createDirectory: "no" }, "createDirectory"],
])("%s is refused when it is opened", (_what, options, says) => {
  expect(() => fileKvStore(options as FileKvStoreOptions)).toThrow(
    expect.objectContaining({ code: "INVALID_ARGUMENT", message: expect.stringContaining(says) }),
  );
});

test("opening touches no disk before the first operation", () =>
  withDirectory(async (directory) => {
    await using store = fileKvStore({ directory });
    expect(existsSync(directory)).toBe(false);
    expect(store.name).toBe("file");
    await store.list();
    expect(existsSync(directory)).toBe(true);
  }));

test("a relative directory stays where it was when the working directory changes", () =>
  withDirectory(async (directory) => {
    const { mkdir } = await import("node:fs/promises");
    const before = process.cwd();
    await mkdir(directory);
    try {
      process.chdir(directory);
      await using store = fileKvStore({ directory: "inner" });
      process.chdir("/");
      await store.set("key", "1");
      expect(existsSync(`${directory}/inner/key.json`)).toBe(true);
    } finally {
      process.chdir(before);
    }
  }));

test("importing the package in a Worker takes no module of Node's file system", async () => {
  const { metafile } = await build({
    entryPoints: ["bindings/entries/index.workerd.ts"],
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    conditions: ["workerd"],
    external: ["cloudflare:*", "*.wasm", "node:*", "ioredis", "@redis/client"],
    logLevel: "error",
  });
  const imported = Object.values(metafile.inputs).flatMap(({ imports }) =>
    imports.map(({ path }) => path),
  );
  expect(imported.length).toBeGreaterThan(0);
  expect(imported.filter((path) => path.startsWith("node:fs"))).toEqual([]);
});
