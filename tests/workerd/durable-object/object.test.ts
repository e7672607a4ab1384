// The object of one key: what its storage holds after each operation, and that nothing stays behind.
import { runDurableObjectAlarm } from "cloudflare:test";
import { describe, expect, test } from "vitest";
import { withFrozenClock } from "../../conformance/clock.ts";
import { freshPrefix, rejectionOf } from "../support/bindings.ts";
import { insideOf, nothingInside, objectOf, openObjects, rowsOf } from "../support/objects.ts";

const store = openObjects();
const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

describe("each operation through real objects", () => {
  test("set, get and entry", async () => {
    const key = freshPrefix();
    const written = await store.set(key, "value");
    expect(await store.get(key)).toBe("value");
    expect(await store.entry(key)).toEqual({
      value: "value",
      ...written,
      version: written.version,
    });
    expect((await insideOf(key)).cells).toEqual(["head"]);
  });

  test("compareAndSet takes the current version only", async () => {
    const key = freshPrefix();
    const first = await store.compareAndSet(key, null, "1");
    const mismatch = { code: "VERSION_MISMATCH" };
    expect(await rejectionOf(store.compareAndSet(key, null, "2"))).toMatchObject(mismatch);
    const second = await store.compareAndSet(key, first.version, "2");
    expect(await rejectionOf(store.compareAndSet(key, first.version, "3"))).toMatchObject(mismatch);
    expect(await store.entry(key)).toMatchObject({ value: "2", version: second.version });
  });

  test("patch keeps the text of what it does not name", async () => {
    const key = freshPrefix();
    await store.set(key, '{"size":1234567890123456789012,"offset":0}');
    const { value } = await store.patch(key, { offset: 5 });
    expect(value).toBe('{"size":1234567890123456789012,"offset":5}');
    expect(await store.get(key)).toBe(value);
    const missing = store.patch(`${key}missing`, { offset: 5 });
    expect(await rejectionOf(missing)).toMatchObject({ code: "NOT_FOUND" });
  });

  test("a batch of many keys, one of them twice", async () => {
    const prefix = freshPrefix();
    const names = [...Array.from({ length: 20 }, (_, i) => `${prefix}${i}`), `${prefix}0`];
    const outcomes = await store.setMany(names.map((key, i) => ({ key, value: String(i) })));
    expect(outcomes.every(({ ok }) => ok)).toBe(true);
    const expected = names.map((_, i) => String(i === 0 ? 20 : i));
    expect(await store.getMany(names)).toEqual(expected);
    await store.deleteMany(names);
    expect(await store.getMany(names)).toEqual(names.map(() => null));
    expect(await store.list(prefix)).toEqual([]);
  });
});

describe("the object's storage", () => {
  test("is empty and without alarm after a delete", async () => {
    const key = freshPrefix();
    await store.set(key, "value", { ttlSeconds: 1000 });
    expect((await insideOf(key)).alarm).not.toBeNull();
    await store.delete(key);
    expect(await insideOf(key)).toEqual(nothingInside);
    expect(await rowsOf(key)).toEqual([]);
  });

  test("is empty and without alarm after a conditional delete", async () => {
    const key = freshPrefix();
    const { version } = await store.set(key, "value");
    const wrong = store.compareAndDelete(key, "0".repeat(32));
    expect(await rejectionOf(wrong)).toMatchObject({ code: "VERSION_MISMATCH" });
    await store.compareAndDelete(key, version);
    expect(await insideOf(key)).toEqual(nothingInside);
  });

  test("is empty and without alarm after a write whose expiry is in the past", async () => {
    const key = freshPrefix();
    await store.set(key, "value");
    await store.set(key, "other", { expiresAt: 1 });
    expect(await store.get(key)).toBeNull();
    expect(await insideOf(key)).toEqual(nothingInside);
    expect(await rowsOf(key)).toEqual([]);
  });

  test("is empty and without alarm after the alarm of its expiry", async () => {
    const key = freshPrefix();
    // So late that the platform's own alarm does not come between.
    await store.set(key, "value", { expiresAt: inSeconds(1000) });
    expect(await store.get(key)).toBe("value");
    await withFrozenClock(async (clock) => {
      await clock.advance(1001);
      expect(await store.get(key)).toBeNull();
      expect(await store.list(key)).toEqual([]);
      expect(await runDurableObjectAlarm(objectOf(key))).toBe(true);
      expect(await insideOf(key)).toEqual(nothingInside);
      expect(await rowsOf(key)).toEqual([]);
    });
  });

  test("is emptied by the platform's own alarm, without anybody asking", async () => {
    const key = freshPrefix();
    await store.set(key, "value", { expiresAt: inSeconds(1) });
    await expect.poll(() => insideOf(key)).toEqual(nothingInside);
    await expect.poll(() => rowsOf(key)).toEqual([]);
  });

  test("stays empty after reads of a key that was never set", async () => {
    const key = freshPrefix();
    expect(await store.get(key)).toBeNull();
    expect(await store.entry(key)).toBeNull();
    expect(await store.getMany([key])).toEqual([null]);
    expect(await insideOf(key)).toEqual(nothingInside);
  });

  test("stays empty after writes that find nothing to change", async () => {
    const key = freshPrefix();
    await store.delete(key);
    await store.set(key, "value", { expiresAt: 1 });
    const version = "0".repeat(32);
    await rejectionOf(store.compareAndSet(key, version, "value"));
    await rejectionOf(store.compareAndDelete(key, version));
    await rejectionOf(store.patch(key, {}));
    expect(await insideOf(key)).toEqual(nothingInside);
    expect(await rowsOf(key)).toEqual([]);
  });
});

describe("the alarm", () => {
  test("that comes before a later expiry moves itself and removes nothing", async () => {
    const key = freshPrefix();
    const soon = inSeconds(100_000);
    await store.set(key, "value", { expiresAt: soon });
    expect((await insideOf(key)).alarm).toBe(soon * 1000);
    await store.set(key, "value", { expiresAt: soon + 100_000 });
    expect((await insideOf(key)).alarm).toBe(soon * 1000);
    expect(await runDurableObjectAlarm(objectOf(key))).toBe(true);
    expect((await insideOf(key)).alarm).toBe((soon + 100_000) * 1000);
    expect(await store.get(key)).toBe("value");
  });

  test("of a value that does not expire any more is not set again", async () => {
    const key = freshPrefix();
    await store.set(key, "value", { ttlSeconds: 100 });
    await store.set(key, "value");
    await runDurableObjectAlarm(objectOf(key));
    expect((await insideOf(key)).alarm).toBeNull();
    expect(await store.get(key)).toBe("value");
    await store.set(key, "value", { ttlSeconds: 100 });
    expect((await insideOf(key)).alarm).not.toBeNull();
  });

  test("comes earlier when the expiry does", async () => {
    const key = freshPrefix();
    const { expiresAt: late } = await store.set(key, "value", { ttlSeconds: 1000 });
    const { expiresAt: early } = await store.set(key, "value", { ttlSeconds: 100 });
    expect(early).toBeLessThan(late as number);
    expect((await insideOf(key)).alarm).toBe((early as number) * 1000);
  });
});
