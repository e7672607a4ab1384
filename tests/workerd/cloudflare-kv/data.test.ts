// What lies in Workers KV, seen through the bare binding: plain values, the exact expiry beside them,
// and whatever other programs have put there.
import { describe, expect, test } from "vitest";
import { cloudflareKvStore } from "../../../bindings/stores/cloudflare-kv/cloudflare-kv-store.ts";
import { withFrozenClock } from "../../conformance/clock.ts";
import { bindings, freshPrefix, rejectionOf, sleep } from "../support/bindings.ts";
import { KvPlatform } from "../support/kv-wrapper.ts";

const kv = bindings.UPLOADISTA_KV;
const store = cloudflareKvStore({ kv });
const nowSeconds = () => Math.floor(Date.now() / 1000);

describe("interchange with a program that uses the binding", () => {
  test("a value lies raw under its raw key, without metadata or expiration", async () => {
    const key = `${freshPrefix()}uploadista:upload-file:1`;
    const value = '{"id":"1","size":1234567890123456789012,"note":"\u20ac \u{1f600}"}';
    await store.set(key, value);
    expect(await kv.get(key)).toBe(value);
    expect(await kv.getWithMetadata(key)).toMatchObject({ value, metadata: null });
    const { keys } = await kv.list({ prefix: key });
    expect(keys).toEqual([{ name: key }]);
  });

  test("a value that was put through the binding is read, listed and deleted", async () => {
    const prefix = freshPrefix();
    const key = `${prefix}uploadista:flow-job:1`;
    await kv.put(key, "by hand");
    expect(await store.get(key)).toBe("by hand");
    expect(await store.getMany([key])).toEqual(["by hand"]);
    expect(await store.entry(key)).toMatchObject({ value: "by hand", expiresAt: null });
    expect(await store.list(prefix)).toEqual([key]);
    await store.delete(key);
    expect(await kv.get(key)).toBeNull();
  });

  test("a namespace is a plain prefix of the key", async () => {
    const prefix = freshPrefix();
    const tenant = cloudflareKvStore({ kv, keyNamespace: prefix });
    await tenant.set("key", "value");
    expect(await kv.get(`${prefix}key`)).toBe("value");
    expect(await tenant.list()).toEqual(["key"]);
  });

  test("an empty value, a line end, a NUL and a byte order mark survive every way of reading", async () => {
    const prefix = freshPrefix();
    const values = ["", "\n", "\0", "\ufeffvalue", "\ufffd", "a\r\nb"];
    const keys = values.map((_, i) => `${prefix}${i}`);
    await store.setMany(values.map((value, i) => ({ key: keys[i] as string, value })));
    expect(await store.getMany(keys)).toEqual(values);
    expect(await Promise.all(keys.map((key) => store.get(key)))).toEqual(values);
    expect(await Promise.all(keys.map((key) => kv.get(key)))).toEqual(values);
  });

  test("a key that begins with a byte order mark is found alone, in a batch and in a list", async () => {
    const key = `\ufeff${freshPrefix()}`;
    await store.set(key, "value");
    expect(await store.get(key)).toBe("value");
    expect(await store.getMany([key])).toEqual(["value"]);
    expect(await store.list("\ufeff")).toEqual([key]);
  });
});

describe("what another program left there", () => {
  test("metadata of any shape means no expiry, and does not hide the value", async () => {
    const prefix = freshPrefix();
    const foreign: unknown[] = [
      "text",
      7,
      [],
      { expiresAt: 1 },
      { kvista: 1 },
      { kvista: { expiresAt: "1" } },
      { kvista: { expiresAt: 1.5 } },
      { kvista: [] },
      { other: { kvista: { expiresAt: 1 } } },
      { kvista: { deep: [[[{}]]] } },
    ];
    const keys = foreign.map((_, i) => `${prefix}${i}`);
    await Promise.all(foreign.map((metadata, i) => kv.put(keys[i] as string, "v", { metadata })));
    for (const key of keys) {
      expect(await store.entry(key)).toMatchObject({ value: "v", expiresAt: null });
    }
    expect(await store.getMany(keys)).toEqual(keys.map(() => "v"));
    expect(await store.list(prefix)).toEqual([...keys].sort());
  });

  test("metadata that holds our member among others is understood", async () => {
    const key = freshPrefix();
    const expiresAt = nowSeconds() + 100;
    await kv.put(key, "v", { metadata: { size: 3, kvista: { expiresAt, x: null } } });
    expect(await store.entry(key)).toMatchObject({ expiresAt });
  });

  test("a value that is not UTF-8 is CORRUPT, alone and in a batch, and can be listed and deleted", async () => {
    const key = freshPrefix();
    await kv.put(key, new Uint8Array([0x61, 0xff, 0x62]));
    const expected = {
      code: "CORRUPT",
      retryable: false,
      hint: expect.stringContaining("delete it"),
    };
    expect(await rejectionOf(store.get(key))).toMatchObject(expected);
    expect(await rejectionOf(store.entry(key))).toMatchObject(expected);
    expect(await rejectionOf(store.getMany([key]))).toMatchObject(expected);
    expect(await store.list(key)).toEqual([key]);
    await store.delete(key);
    expect(await store.get(key)).toBeNull();
  });
});

describe("expiry", () => {
  test("of one second is exact in every read, though the platform keeps the value for sixty", async () => {
    const prefix = freshPrefix();
    const key = `${prefix}short`;
    const lasting = `${prefix}lasting`;
    await store.set(lasting, "v");
    // The platform's clock goes on, and nobody waits for it.
    await withFrozenClock(async (clock) => {
      const { expiresAt } = await store.set(key, "v", { ttlSeconds: 1 });
      expect(await store.get(key)).toBe("v");
      expect((await kv.getWithMetadata(key)).metadata).toEqual({ kvista: { expiresAt } });
      const [native] = (await kv.list({ prefix: key })).keys;
      expect(native?.expiration).toBeGreaterThanOrEqual(nowSeconds() + 58);
      await clock.advance(2);
      expect(await store.get(key)).toBeNull();
      expect(await store.entry(key)).toBeNull();
      expect(await store.getMany([key, lasting])).toEqual([null, "v"]);
      expect(await store.list(prefix)).toEqual([lasting]);
      const seen: string[] = [];
      for await (const one of store.keys(prefix)) seen.push(one);
      expect(seen).toEqual([lasting]);
      const page = await store.page({ prefix, limit: 1 });
      expect(page.keys).toEqual([lasting]);
      const cursor = page.cursor as string;
      expect(await store.page({ prefix, limit: 1, cursor })).toEqual({ keys: [], cursor: null });
      expect(await kv.get(key)).toBe("v");
    });
  });

  test("asks the platform for at least sixty seconds, and for no less than it takes", async () => {
    const prefix = freshPrefix();
    const expirationOf = async (ttlSeconds: number) => {
      const key = `${prefix}${ttlSeconds}`;
      const { expiresAt } = await store.set(key, "v", { ttlSeconds });
      const [found] = (await kv.list({ prefix: key, limit: 1 })).keys;
      return { expiresAt: expiresAt as number, expiration: found?.expiration as number };
    };
    for (const ttlSeconds of [1, 59, 60, 61, 3600]) {
      const { expiresAt, expiration } = await expirationOf(ttlSeconds);
      expect(expiration).toBeGreaterThanOrEqual(expiresAt);
      expect(expiration - expiresAt).toBeLessThanOrEqual(Math.max(0, 60 - ttlSeconds) + 2);
    }
  });

  test("in the past makes the key absent", async () => {
    const key = freshPrefix();
    const own = cloudflareKvStore({ kv, writeIntervalMs: 0 });
    await own.set(key, "v");
    await own.set(key, "w", { expiresAt: nowSeconds() - 1 });
    expect(await kv.get(key)).toBeNull();
  });

  test("is lost with a set that gives none", async () => {
    const key = freshPrefix();
    const own = cloudflareKvStore({ kv, writeIntervalMs: 0 });
    await own.set(key, "v", { ttlSeconds: 100 });
    await own.set(key, "v");
    expect((await kv.getWithMetadata(key)).metadata).toBeNull();
    expect((await kv.list({ prefix: key })).keys).toEqual([{ name: key }]);
  });

  test("of a write that waits is counted from the call, not from the write", async () => {
    const platform = new KvPlatform(kv, { writeIntervalMs: 1500 });
    const own = cloudflareKvStore({ kv: platform.at(), writeIntervalMs: 1500 });
    const key = freshPrefix();
    await own.set(key, "first");
    const calledMs = Date.now();
    const { expiresAt } = await own.set(key, "second", { ttlSeconds: 1 });
    expect((expiresAt as number) * 1000).toBeLessThanOrEqual(calledMs + 2000);
    expect(platform.written.at(-1)).not.toBe("first");
    await sleep(Math.max(0, (expiresAt as number) * 1000 - Date.now() + 1));
    expect(await cloudflareKvStore({ kv }).get(key)).toBeNull();
  });
});
