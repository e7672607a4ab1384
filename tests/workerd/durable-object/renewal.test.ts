// The catalog's coarse expiry: renewing an upload does not write the catalog, and yet no listing shows
// an expired key or misses a living one.
import { runDurableObjectAlarm } from "cloudflare:test";
import { expect, test } from "vitest";
import { withFrozenClock } from "../../conformance/clock.ts";
import { freshPrefix } from "../support/bindings.ts";
import { insideOf, objectOf, openObjects, rowsOf } from "../support/objects.ts";

const store = openObjects();
const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

/** The row of a key, once the set that made it has been confirmed. */
async function settledRow(key: string) {
  const rowOf = async () => (await rowsOf(key))[0];
  await expect.poll(async () => (await rowOf())?.pending).toBe(0);
  return rowOf();
}

test("renewing an expiry writes nothing to the catalog", async () => {
  const key = freshPrefix();
  await store.set(key, "0", { ttlSeconds: 100 });
  const row = await settledRow(key);
  for (let i = 1; i <= 5; i++) await store.set(key, String(i), { ttlSeconds: 100 + 100 * i });
  await store.patch(key, { a: 1 }, { ttlSeconds: 1000 });
  await store.set(key, "no expiry at all");
  expect(await settledRow(key)).toEqual(row);
});

test("writing a value whose expiry stays away writes nothing to the catalog", async () => {
  const key = freshPrefix();
  let { version } = await store.set(key, '{"offset":0}');
  const row = await settledRow(key);
  for (let i = 1; i <= 5; i++) {
    await store.set(key, `{"offset":${i}}`);
    ({ version } = await store.patch(key, { more: i }));
    ({ version } = await store.compareAndSet(key, version, `{"offset":${10 * i}}`));
  }
  expect(await settledRow(key)).toEqual(row);
});

test("shortening an expiry writes the catalog", async () => {
  const key = freshPrefix();
  await store.set(key, "0", { ttlSeconds: 1000 });
  const before = await settledRow(key);
  const { expiresAt } = await store.set(key, "1", { ttlSeconds: 100 });
  const after = await settledRow(key);
  expect(after?.confirmAfter).toBe(expiresAt);
  expect(after?.generation).toBeGreaterThan(before?.generation as number);
});

test("giving an expiry to a key that had none writes the catalog", async () => {
  const key = freshPrefix();
  await store.set(key, "0");
  expect((await settledRow(key))?.confirmAfter).toBeNull();
  const { expiresAt } = await store.set(key, "1", { ttlSeconds: 100 });
  expect((await settledRow(key))?.confirmAfter).toBe(expiresAt);
});

test("a key whose expiry was renewed is listed past its first expiry", async () => {
  const key = freshPrefix();
  const first = inSeconds(1000);
  await store.set(key, "0", { expiresAt: first });
  const { expiresAt } = await store.set(key, "1", { expiresAt: first + 100_000 });
  await withFrozenClock(async (clock) => {
    await clock.advance(1001);
    expect(await store.list(key)).toEqual([key]);
    expect((await settledRow(key))?.confirmAfter).toBe(expiresAt);
    await runDurableObjectAlarm(objectOf(key));
    expect(await store.get(key)).toBe("1");
    expect((await insideOf(key)).alarm).toBe((expiresAt as number) * 1000);
  });
});

test("a key whose expiry was renewed and then came is not listed", async () => {
  const key = freshPrefix();
  const first = inSeconds(1000);
  await store.set(key, "0", { expiresAt: first });
  await store.set(key, "1", { expiresAt: first + 1000 });
  await withFrozenClock(async (clock) => {
    await clock.advance(2001);
    expect(await store.list(key)).toEqual([]);
    expect(await store.get(key)).toBeNull();
  });
});

test("keys of which some have expired list as those that live", async () => {
  const prefix = freshPrefix();
  const soon = inSeconds(1000);
  await store.setMany([
    { key: `${prefix}a`, value: "v" },
    { key: `${prefix}b`, value: "v", expiresAt: soon },
    { key: `${prefix}c`, value: "v", ttlSeconds: 100_000 },
    { key: `${prefix}d`, value: "v", expiresAt: soon },
  ]);
  await withFrozenClock(async (clock) => {
    await clock.advance(1001);
    expect(await store.list(prefix)).toEqual([`${prefix}a`, `${prefix}c`]);
    expect((await store.page({ prefix, limit: 1 })).keys).toEqual([`${prefix}a`]);
  });
});
