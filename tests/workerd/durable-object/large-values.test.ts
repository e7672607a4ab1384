// Values larger than a row of an object's storage: in chunks, which no reader sees a mixture of and of
// which none stays behind.
import { runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { freshPrefix, rejectionOf } from "../support/bindings.ts";
import { insideOf, nothingInside, objectOf, openObjects } from "../support/objects.ts";

const store = openObjects();
const megabyte = 2 ** 20;
const chunks = (count: number) => Array.from({ length: count }, (_, i) => `chunk:${i}`).sort();

/** That many bytes as UTF-8, with a euro sign amid them, and different for each seed. */
function large(bytes: number, seed: string): string {
  const half = Math.floor((bytes - 3) / 2);
  return `${seed.repeat(half)}€`.padEnd(bytes - 2, seed);
}

/** The sizes of what the object's cells hold. */
function cellBytes(key: string): Promise<number[]> {
  return runInDurableObject(objectOf(key), (_, { storage }) =>
    [...storage.kv.list<Uint8Array>()].map(([, value]) => value.length),
  );
}

test("a value of 5 MiB lies in chunks that fit a row, and comes back to the byte", async () => {
  const key = freshPrefix();
  const value = large(5 * megabyte, "a");
  const { version } = await store.set(key, value);
  expect((await insideOf(key)).cells).toEqual([...chunks(3), "head"]);
  for (const bytes of await cellBytes(key)) expect(bytes).toBeLessThan(2_000_000 - 100);
  expect(await store.get(key)).toBe(value);
  expect((await store.entry(key))?.version).toBe(version);
});

test("a value of 25 MiB with a euro sign comes back to the byte, and one byte more is TOO_LARGE", async () => {
  const key = freshPrefix();
  const value = large(25 * megabyte, "a");
  expect(new TextEncoder().encode(value).length).toBe(25 * megabyte);
  await store.set(key, value);
  expect((await store.get(key)) === value).toBe(true);
  expect((await insideOf(key)).cells).toEqual([...chunks(14), "head"]);
  const larger = store.set(key, `${value}a`);
  expect(await rejectionOf(larger)).toMatchObject({ code: "TOO_LARGE" });
  expect((await store.get(key)) === value).toBe(true);
  await store.delete(key);
  expect(await insideOf(key)).toEqual(nothingInside);
});

test("a value that shrinks and grows leaves no chunk behind", async () => {
  const key = freshPrefix();
  const steps: [number, number][] = [
    [5 * megabyte, 3],
    [9 * megabyte, 5],
    [3 * megabyte, 2],
    [16 * 1024 + 1, 1],
    [16 * 1024, 0],
    [4 * megabyte, 3],
    [3, 0],
  ];
  for (const [i, [bytes, count]] of steps.entries()) {
    const value = large(bytes, String(i));
    await store.set(key, value);
    expect((await insideOf(key)).cells).toEqual([...chunks(count), "head"].sort());
    expect((await store.get(key)) === value).toBe(true);
  }
});

test("compareAndSet and patch know the version of a value in chunks", async () => {
  const key = freshPrefix();
  const { version } = await store.set(key, large(3 * megabyte, "a"));
  const wrong = store.compareAndSet(key, "0".repeat(32), "x");
  expect(await rejectionOf(wrong)).toMatchObject({ code: "VERSION_MISMATCH" });
  const record = JSON.stringify({ note: large(3 * megabyte, "b"), offset: 0 });
  await store.compareAndSet(key, version, record);
  const patched = await store.patch(key, { offset: 7 });
  expect(JSON.parse(patched.value).offset).toBe(7);
  expect(patched.value.length).toBe(record.length);
  await store.patch(key, { note: null });
  expect(await store.get(key)).toBe('{"offset":7}');
  expect((await insideOf(key)).cells).toEqual(["head"]);
});

test("the expiry and the delete of a value in chunks empty the storage", async () => {
  const key = freshPrefix();
  await store.set(key, large(5 * megabyte, "a"), { ttlSeconds: 1000 });
  await store.set(key, large(5 * megabyte, "b"), { expiresAt: 1 });
  expect(await insideOf(key)).toEqual(nothingInside);
});

test("readers beside a writer see the old large value or the new one, never a mixture", async () => {
  const key = freshPrefix();
  const values = [large(3 * megabyte, "a"), large(5 * megabyte, "b"), large(2 * megabyte, "c")];
  await store.set(key, values[0] as string);
  const writes = (async () => {
    for (const value of [...values, ...values]) await store.set(key, value);
  })();
  for (let i = 0; i < 12; i++) {
    const seen = await store.get(key);
    expect(values.some((value) => value === seen)).toBe(true);
  }
  await writes;
});

test("a chunk that is missing makes the value CORRUPT, and a set heals it", async () => {
  const key = freshPrefix();
  await store.set(key, large(5 * megabyte, "a"));
  await runInDurableObject(objectOf(key), (_, { storage }) => void storage.kv.delete("chunk:1"));
  expect(await rejectionOf(store.get(key))).toMatchObject({ code: "CORRUPT", retryable: false });
  await store.set(key, "small");
  expect(await store.get(key)).toBe("small");
  expect((await insideOf(key)).cells).toEqual(["head"]);
});
