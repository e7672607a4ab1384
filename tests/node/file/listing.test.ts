// Listings of a directory that others change meanwhile, cursors after a restart, and what becomes of the
// files of expired values.
import { execFileSync } from "node:child_process";
import { mkdir, readdir, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fileKvStore } from "../../../bindings/stores/file/file-store.ts";
import { type Clock, withFrozenClock } from "../../conformance/clock.ts";
import { patient } from "../../patience.ts";
import { crash, startChild } from "./child.ts";
import { withDirectory } from "./directory.ts";

test("a listing tolerates files that come and go, and misses none that stays", () =>
  withDirectory(async (directory) => {
    await using store = patient(fileKvStore({ directory }));
    const staying = Array.from({ length: 200 }, (_, i) => `stay-${String(i).padStart(3, "0")}`);
    await store.setMany(staying.map((key) => ({ key, value: "1", ttlSeconds: 1000 })));
    let isOver = false;
    const churn = (async () => {
      for (let i = 0; !isOver; i++) {
        await store.set(`come-${i % 50}`, "1");
        await store.delete(`come-${(i + 25) % 50}`);
        await store.set("n".repeat(400), "1");
        await store.delete("n".repeat(400));
      }
    })();
    for (let round = 0; round < 20; round++) {
      expect(await store.list("stay-")).toEqual(staying);
      const paged: string[] = [];
      for await (const key of store.keys("stay-")) paged.push(key);
      expect(paged).toEqual(staying);
    }
    isOver = true;
    await churn;
  }));

// Where such a file system is: a rename moves a name to the head of its directory.
test.each([tmpdir(), "/dev/shm"])(
  "a listing in %s misses no key that other processes set anew meanwhile",
  (below) =>
    withDirectory(async (directory) => {
      await using store = patient(fileKvStore({ directory }));
      const keys = ["a", "b"].flatMap((name) =>
        Array.from({ length: 1000 }, (_, i) => ({ key: `${name}-${i}`, value: "1" })),
      );
      await store.setMany(keys.slice(0, 1000));
      await store.setMany(keys.slice(1000));
      const children = ["a", "b"].map((name) =>
        startChild({ directory, what: "renew", name, times: 1000 }),
      );
      for (const child of children) expect(await child.line()).toBe("ready");
      const found = new Set<number>();
      for (let round = 0; round < 100; round++) found.add((await store.list()).length);
      for (const child of children) await crash(child);
      expect([...found]).toEqual([2000]);
    }, below),
);

test.each(["rename", "fsync"] as const)(
  "long keys that share their directories do not disturb each other, with durability %s",
  (durability) =>
    withDirectory(async (directory) => {
      await using one = patient(fileKvStore({ directory, durability }));
      await using other = patient(fileKvStore({ directory, durability }));
      const keys = Array.from({ length: 6 }, (_, i) => `${"p".repeat(509)}${i}`);
      let isOver = false;
      const listing = (async () => {
        while (!isOver) await other.list();
      })();
      await Promise.all(
        keys.map(async (key, i) => {
          const store = i % 2 === 0 ? one : other;
          for (let round = 0; round < 100; round++) {
            await store.set(key, "set");
            await store.delete(key);
            await store.compareAndSet(key, null, "created");
            expect(await store.get(key)).toBe("created");
            await store.delete(key);
          }
        }),
      ).finally(() => {
        isOver = true;
      });
      await listing;
      expect(await readdir(directory)).toEqual([".kvista"]);
    }),
);

test("the file of an expired long key goes with the writes of others", () =>
  inItsTime(async (directory, clock) => {
    await using store = patient(fileKvStore({ directory }));
    await store.set("l".repeat(300), "1", { ttlSeconds: 1 });
    await store.set("m".repeat(510), "1", { ttlSeconds: 1 });
    await store.set("s".repeat(300), "1");
    await clock.advance(2);
    await expect
      .poll(async () => {
        for (let i = 0; i < 100; i++) await store.set(`key-${i % 3}`, "1");
        return (await readdir(directory, { recursive: true })).filter((path) =>
          /[lm]{250}/.test(path),
        );
      })
      .toEqual([]);
    expect(await store.get("s".repeat(300))).toBe("1");
  }));

test("a cursor goes on in another store, behind keys that are gone by then", () =>
  withDirectory(async (directory) => {
    let cursor: string;
    {
      await using store = fileKvStore({ directory, keyNamespace: "n/" });
      await store.setMany(["a", "b", "c", "d", "e"].map((key) => ({ key, value: "1" })));
      const page = await store.page({ limit: 2 });
      expect(page.keys).toEqual(["a", "b"]);
      cursor = page.cursor ?? "";
    }
    await using store = fileKvStore({ directory, keyNamespace: "n/" });
    await store.deleteMany(["a", "b", "d"]);
    expect(await store.page({ limit: 1, cursor })).toMatchObject({ keys: ["c"] });
    expect(await store.page({ limit: 5, cursor })).toEqual({ keys: ["c", "e"], cursor: null });
    await using another = patient(fileKvStore({ directory }));
    await expect(another.page({ cursor })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  }));

test("a listing of thousands of keys reads no value", () =>
  withDirectory(async (directory) => {
    await mkdir(directory);
    await using store = patient(fileKvStore({ directory }));
    const names = Array.from({ length: 3000 }, (_, i) => `k${String(i).padStart(4, "0")}`);
    // Values that a read would refuse.
    await Promise.all(
      names.map((name) => writeFile(join(directory, `${name}.json`), Buffer.of(0xff))),
    );
    expect(await store.list("k")).toEqual(names);
    expect(await store.list("k00")).toEqual(names.slice(0, 100));
    const first = await store.page({ prefix: "k", limit: 1000 });
    expect(first.keys).toEqual(names.slice(0, 1000));
  }));

test("expired files are removed by writes of other keys, a few at a time", () =>
  inItsTime(async (directory, clock) => {
    await using store = patient(fileKvStore({ directory }));
    const short = Array.from({ length: 40 }, (_, i) => ({
      key: `short-${i}`,
      value: "1",
      ttlSeconds: 1,
    }));
    await store.setMany(short);
    await store.set("long", "1", { ttlSeconds: 1000 });
    await store.set("ever", "1");
    await clock.advance(2);
    // A walk over the directory takes as many writes again for each sixteen files.
    for (let i = 0; i < 400; i++) await store.set("ever", String(i));
    expect((await readdir(directory)).sort()).toEqual([".kvista", "ever.json", "long.json"]);
    expect(await store.entry("long")).not.toBeNull();
  }));

test("an expired value is removed when it is read, unless it was set again", () =>
  inItsTime(async (directory, clock) => {
    await using store = patient(fileKvStore({ directory }));
    await store.set("a", "1", { ttlSeconds: 1 });
    await store.set("b", "1", { ttlSeconds: 1 });
    await store.set("c", "1", { ttlSeconds: 1 });
    await clock.advance(2);
    await store.set("b", "2");
    expect(await store.getMany(["a", "b"])).toEqual([null, "2"]);
    expect((await readdir(directory)).sort()).toEqual([".kvista", "b.json", "c.json"]);
    await store.compareAndSet("c", null, "2");
    expect(await store.entry("c")).toMatchObject({ value: "2", expiresAt: null });
  }));

test("another process sees an expiry without having been told, and keeps it in a patch", () =>
  inItsTime(async (directory, clock) => {
    await using reader = patient(fileKvStore({ directory }));
    expect(await reader.list()).toEqual([]);
    await using writer = patient(fileKvStore({ directory }));
    const moments = [2_147_483_647, 2_147_483_648, 4_102_444_800, 32_503_680_000, 253_402_300_799];
    for (const expiresAt of moments) {
      await writer.set("key", "{}", { expiresAt });
      expect(await reader.entry("key")).toMatchObject({ expiresAt });
      expect(await reader.patch("key", { a: 1 })).toMatchObject({ expiresAt });
    }
    await writer.set("soon", "1", { ttlSeconds: 1 });
    expect(await reader.list()).toEqual(["key", "soon"]);
    await clock.advance(2);
    expect(await reader.list()).toEqual(["key"]);
  }));

test("a directory that was copied without .kvista lists no key that has expired", () =>
  inItsTime(async (directory, clock) => {
    const copy = join(directory, "..", "copy");
    {
      await using store = patient(fileKvStore({ directory }));
      await store.set("short", "1", { ttlSeconds: 1 });
      await store.set("long", "1", { ttlSeconds: 1000 });
      await store.set("ever", "1");
    }
    await mkdir(copy);
    execFileSync("cp", [
      "-a",
      ...["short", "long", "ever"].map((key) => `${directory}/${key}.json`),
      copy,
    ]);
    await clock.advance(2);
    await using store = fileKvStore({ directory: copy });
    expect(await store.page({ prefix: "short" })).toEqual({ keys: [], cursor: null });
    expect(await store.list()).toEqual(["ever", "long"]);
    expect(await store.entry("long")).toMatchObject({ expiresAt: expect.any(Number) });
  }));

test("times that other programs set give no value an expiry", () =>
  withDirectory(async (directory) => {
    await using store = patient(fileKvStore({ directory }));
    await store.set("key", "1");
    for (const time of [0, 1, 1000 + 1 / 1024, 4_000_000_000 + 1 / 1024, 4_000_000_000.5]) {
      await utimes(join(directory, "key.json"), time, time);
      expect(await store.entry("key")).toMatchObject({ value: "1", expiresAt: null });
    }
  }));

/** With a clock that the test sets. */
function inItsTime(use: (directory: string, clock: Clock) => Promise<void>): Promise<void> {
  return withDirectory((directory) => withFrozenClock((clock) => use(directory, clock)));
}
