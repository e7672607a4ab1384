// What Uploadista's own store gets wrong in a directory (each bug is a case here), and that the two read
// each other's files.
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Effect } from "effect";
import { describe, expect, test } from "vitest";
import { uploadistaFileStore } from "../../../bench/uploadista.ts";
import { fileKvStore } from "../../../bindings/stores/file/file-store.ts";
import { withFrozenClock } from "../../conformance/clock.ts";
import { startChild } from "./child.ts";
import { withDirectory } from "./directory.ts";

const upload = "uploadista:upload-file:7b0e2bd4-6a2f-4a3f-a4a5-1fd3c4d4b3a1";
const job = "uploadista:flow-job:job_17";

describe("with Uploadista's packaged store over the same directory", () => {
  test("each reads, lists and deletes what the other has written", () =>
    withDirectory(async (directory) => {
      const theirs = await uploadistaFileStore(directory);
      await using ours = fileKvStore({ directory });
      await Effect.runPromise(theirs.set(upload, '{"offset":1}'));
      await ours.set(job, '{"status":"running"}');
      expect(await ours.get(upload)).toBe('{"offset":1}');
      expect(await Effect.runPromise(theirs.get(job))).toBe('{"status":"running"}');
      expect(await ours.list("uploadista:")).toEqual([job, upload]);
      expect((await Effect.runPromise(theirs.list("uploadista:"))).sort()).toEqual([job, upload]);
      await ours.patch(upload, { offset: 2 });
      expect(await Effect.runPromise(theirs.get(upload))).toBe('{"offset":2}');
      await Effect.runPromise(theirs.delete(job));
      await ours.delete(upload);
      expect(await ours.list()).toEqual([]);
      expect(await Effect.runPromise(theirs.list(""))).toEqual([]);
    }));

  test("a value with an expiry is a plain value to it, and its plain write drops the expiry", () =>
    withDirectory(async (directory) => {
      const theirs = await uploadistaFileStore(directory);
      await using ours = fileKvStore({ directory });
      await ours.set(upload, "ours", { expiresAt: 4_102_444_800 });
      expect(await Effect.runPromise(theirs.get(upload))).toBe("ours");
      expect(await ours.entry(upload)).toMatchObject({ expiresAt: 4_102_444_800 });
      await Effect.runPromise(theirs.set(upload, "theirs"));
      expect(await ours.entry(upload)).toMatchObject({ value: "theirs", expiresAt: null });
    }));
});

test("F1: a key with dots and slashes reads, writes and deletes nothing outside the directory", () =>
  withDirectory(async (directory) => {
    await mkdir(directory);
    await writeFile(join(directory, "..", "outside.json"), "secret");
    await using store = fileKvStore({ directory });
    for (const key of [
      "../outside",
      "uploadista:upload-file:/../../outside",
      "a/../../outside",
      join(directory, "..", "outside"),
    ]) {
      expect(await store.get(key)).toBeNull();
      await store.set(key, "inside");
      expect(await store.get(key)).toBe("inside");
      await store.delete(key);
    }
    expect(await readFile(join(directory, "..", "outside.json"), "utf8")).toBe("secret");
    expect((await readdir(join(directory, ".."))).sort()).toEqual(["data", "outside.json"]);
  }));

test("F2: keys with slashes and keys of 512 bytes are kept and listed", () =>
  withDirectory(async (directory) => {
    await using store = fileKvStore({ directory });
    const keys = ["a/b/c", "/", "//x", "k".repeat(512), `${"€".repeat(170)}ab`, "/".repeat(512)];
    for (const key of keys) await store.set(key, key);
    for (const key of keys) expect(await store.get(key)).toBe(key);
    expect(await store.list()).toEqual(
      [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
    );
    for (const key of keys) await store.delete(key);
    expect(await readdir(directory)).toEqual([".kvista"]);
  }));

test("F3: a reader sees whole values only, while they are replaced", () =>
  withDirectory(async (directory) => {
    await using store = fileKvStore({ directory });
    const values = ["s".repeat(4096), "l".repeat(60_000)];
    await store.set("key", values[0] as string);
    let isWriting = true;
    const write = (async () => {
      for (let i = 0; i < 300; i++) await store.set("key", values[i % 2] as string);
      isWriting = false;
    })();
    let reads = 0;
    for (; isWriting; reads++) expect(values).toContain(await store.get("key"));
    await write;
    expect(reads).toBeGreaterThan(0);
  }));

test("F4: of concurrent writes of one key one stands whole", () =>
  withDirectory(async (directory) => {
    await using one = fileKvStore({ directory });
    await using other = fileKvStore({ directory });
    for (let round = 0; round < 50; round++) {
      const values = [`{"offset":${round}}`, `{"offset":${round}000000}`];
      await Promise.all([
        one.set("key", values[0] as string),
        other.set("key", values[1] as string),
      ]);
      expect(values).toContain(await one.get("key"));
    }
  }));

test("F5: a missing key is null, and what cannot be read is an error that says why", () =>
  withDirectory(async (directory) => {
    await using store = fileKvStore({ directory });
    expect(await store.get("missing")).toBeNull();
    await mkdir(join(directory, "folder.json"));
    await expect(store.get("folder")).rejects.toMatchObject({ code: "CORRUPT", retryable: false });
  }));

test("F6: deleting a key that is missing is no error", () =>
  withDirectory(async (directory) => {
    await using store = fileKvStore({ directory });
    await store.delete("missing");
    await store.set("key", "1");
    await store.delete("key");
    await store.delete("key");
  }));

test("F7: a missing directory is made, or said to be missing where that is asked", () =>
  withDirectory(async (directory) => {
    const deep = join(directory, "a", "b");
    await using strict = fileKvStore({ directory: deep, createDirectory: false });
    for (const call of [() => strict.get("a"), () => strict.list(), () => strict.set("a", "1")]) {
      const failure = await call().then(
        () => null,
        (error) => error,
      );
      expect(failure).toMatchObject({ code: "UNAVAILABLE" });
      expect(failure.hint).toContain("createDirectory");
    }
    await using store = fileKvStore({ directory: deep });
    expect(await store.list()).toEqual([]);
    expect(await strict.list()).toEqual([]);
  }));

test("F8: a prefix is held against keys, not file names, and foreign files are not listed", () =>
  withDirectory(async (directory) => {
    await using store = fileKvStore({ directory });
    await store.set("user:1", "1");
    expect(await store.list("user:1.js")).toEqual([]);
    // Not what any key is encoded to.
    for (const name of ["x%2E.json", "a%41.json", "video.mp4", ".json", "..json", "...json"]) {
      await writeFile(join(directory, name), "1");
    }
    await writeFile(
      Buffer.concat([Buffer.from(`${directory}/`), Buffer.from([0xff]), Buffer.from(".json")]),
      "1",
    );
    await mkdir(join(directory, "folder.json"));
    await symlink("/etc/hostname", join(directory, "link.json"));
    await mkdir(join(directory, "sub"));
    await writeFile(join(directory, "sub", "user:2.json"), "1");
    expect(await store.list()).toEqual(["user:1"]);
  }));

// Node's own order of some of the keys in three locales: each is another, and none is that of their bytes.
const orders = {
  C: "a ä b B é I ı z",
  "tr_TR.UTF-8": "a ä b B é ı I z",
  "sv_SE.UTF-8": "a b B é I ı z ä",
};

test.each(Object.entries(orders))(
  "F9: a listing is sorted by UTF-8 bytes, in a process of the locale %s too",
  (locale, order) =>
    withDirectory(async (directory) => {
      const bytewise = ["B", "I", "a", "a-", "a:", "b", "z", "ä", "é", "ı", "\uff5e", "\u{10000}"];
      const calls = [
        ...[...bytewise].reverse().map((key) => ["set", key, "1"]),
        ["list"],
        ["page", { limit: 5 }],
        ["sortByLocale", [...order.replaceAll(" ", "")].sort()],
      ];
      const child = startChild({ directory, what: "try", calls }, ["env", `LC_ALL=${locale}`]);
      const told = (await child.rest()).slice(-3).map((line) => JSON.parse(line).value);
      expect(told[2].join(" ")).toBe(order);
      expect(told[0]).toEqual(bytewise);
      expect(told[1].keys).toEqual(bytewise.slice(0, 5));
    }),
);

test("F10: keys that differ in case are different keys under portable names too", () =>
  withDirectory(async (directory) => {
    const { openFileStore } = await import("../../../bindings/stores/file/file-store.ts");
    await using store = openFileStore({ directory }, { portableNames: true });
    const keys = ["Key", "KEY", "key", "a:b", "con", "x%41"];
    for (const key of keys) await store.set(key, key);
    for (const key of keys) expect(await store.get(key)).toBe(key);
    expect(await store.list()).toEqual([...keys].sort());
    for (const name of await readdir(directory)) {
      expect(name).toMatch(/^(\.kvista|([a-z0-9_.-]|%[0-9A-F]{2})+\.json)$/);
    }
  }));

test("F10: under portable names a plain one is read, listed once, and not left behind", () =>
  withDirectory(async (directory) => {
    const { openFileStore } = await import("../../../bindings/stores/file/file-store.ts");
    await mkdir(directory);
    await writeFile(join(directory, `${upload}.json`), "theirs");
    await using store = openFileStore({ directory }, { portableNames: true });
    expect(await store.get(upload)).toBe("theirs");
    expect(await store.list()).toEqual([upload]);
    await store.patch(upload, {}).catch(() => null);
    await store.set(upload, "ours");
    expect(await store.list()).toEqual([upload]);
    expect(await readdir(directory)).not.toContain(`${upload}.json`);
    await writeFile(join(directory, `${job}.json`), "theirs");
    await store.delete(job);
    expect(await store.get(job)).toBeNull();
    expect(await store.list()).toEqual([upload]);
  }));

test("F11: keys expire, an fsync can be asked for, and left-over files of a dead process go", () =>
  withDirectory(async (directory) => {
    await using store = fileKvStore({ directory, durability: "fsync" });
    // Time for a slow disk.
    await store.set("short", "1", { ttlSeconds: 1000 });
    await store.set("long/".repeat(60), "1");
    expect(await store.get("long/".repeat(60))).toBe("1");
    expect((await store.diagnose()).map(({ name }) => name)).not.toContain("unsynced");
    await using lax = fileKvStore({ directory });
    expect((await lax.diagnose()).map(({ name }) => name)).toContain("unsynced");
    await withFrozenClock(async (clock) => {
      await clock.advance(1001);
      expect(await store.get("short")).toBeNull();
    });
    expect(await readdir(directory)).not.toContain("short.json");
  }));
