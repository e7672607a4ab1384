// What the Workers KV store asks of the platform, and what it makes of the platform's refusals.
import { describe, expect, test } from "vitest";
import { cloudflareKvStore } from "../../../bindings/stores/cloudflare-kv/cloudflare-kv-store.ts";
import { bindings, codeOf, freshPrefix, rejectionOf } from "../support/bindings.ts";
import { KvPlatform } from "../support/kv-wrapper.ts";

function simulated(options: ConstructorParameters<typeof KvPlatform>[1] = {}) {
  const platform = new KvPlatform(bindings.UPLOADISTA_KV, options);
  const kv = platform.at();
  const writeIntervalMs = platform.writeIntervalMs;
  return { platform, kv, store: cloudflareKvStore({ kv, writeIntervalMs }) };
}

/** Puts keys through the bare binding: `count` of them, named with five digits, each its own value. */
async function putKeys(prefix: string, count: number): Promise<string[]> {
  const keys = Array.from({ length: count }, (_, i) => prefix + String(i).padStart(5, "0"));
  for (let at = 0; at < count; at += 500) {
    await Promise.all(keys.slice(at, at + 500).map((key) => bindings.UPLOADISTA_KV.put(key, key)));
  }
  return keys;
}

test("a list of 1,001 keys takes 2 calls", async () => {
  const { platform, store } = simulated();
  const prefix = freshPrefix();
  const keys = await putKeys(prefix, 1001);
  expect(await store.list(prefix)).toEqual(keys);
  expect(platform.calls.map(({ operation }) => operation)).toEqual(["list", "list"]);
});

// To put that many keys takes Miniflare a minute.
test("a list of 10,000 keys takes 10 calls", async () => {
  const keys = Array.from({ length: 10_000 }, (_, i) => `key-${String(i).padStart(5, "0")}`);
  const list = async ({ limit, cursor = "0" }: { limit: number; cursor?: string }) => {
    const end = Number(cursor) + limit;
    const page = keys.slice(Number(cursor), end).map((name) => ({ name }));
    return { keys: page, list_complete: end >= keys.length, cursor: String(end) };
  };
  const platform = new KvPlatform({ list } as unknown as KVNamespace);
  expect(await cloudflareKvStore({ kv: platform.at() }).list("key-")).toEqual(keys);
  expect(platform.count("list")).toBe(10);
});

test("a read of 250 keys takes 3 calls, and duplicates answer in their places", async () => {
  const { platform, store } = simulated();
  const prefix = freshPrefix();
  const keys = await putKeys(prefix, 20);
  const missing = Array.from({ length: 230 }, (_, i) => `${prefix}missing-${i}`);
  const asked = [...keys, ...missing, keys[0] as string, missing[0] as string, keys[0] as string];
  const expected = [...keys, ...missing.map(() => null), keys[0], null, keys[0]];
  expect(await store.getMany(asked)).toEqual(expected);
  expect(platform.calls.map(({ keyCount }) => keyCount)).toEqual([100, 100, 50]);
});

test("a bulk read that is refused, as one over 25 MiB is, becomes single reads", async () => {
  const { platform, store } = simulated();
  const keys = await putKeys(freshPrefix(), 3);
  platform.fail({ operation: "getMany", error: 413 });
  expect(await store.getMany(keys)).toEqual(keys);
  expect(platform.calls.map(({ operation }) => operation)).toEqual([
    "getMany",
    "get",
    "get",
    "get",
  ]);
});

describe.each([429, 500, 502, 503, "Network connection lost."])("after the failure %s", (error) => {
  test("a read, a list, a bulk read, a write and a delete are repeated", async () => {
    const { platform, store } = simulated({ writeIntervalMs: 0 });
    const key = freshPrefix();
    platform.fail({ operation: "put", error });
    await store.set(key, "value");
    platform.fail({ operation: "get", error });
    expect(await store.get(key)).toBe("value");
    platform.fail({ operation: "list", error });
    expect(await store.list(key)).toEqual([key]);
    platform.fail({ operation: "getMany", error });
    expect(await store.getMany([key])).toEqual(["value"]);
    expect(platform.count("getMany")).toBe(2);
    const other = `${key}other`;
    await store.set(other, "value");
    platform.fail({ operation: "delete", error });
    await store.delete(other);
    expect(await store.get(other)).toBeNull();
  });
});

test("a backend that goes on failing is UNAVAILABLE at the deadline, and a busy one RATE_LIMITED", async () => {
  const { platform, store } = simulated();
  const key = freshPrefix();
  platform.fail({ operation: "get", error: 503, times: 1000 });
  const call = { deadlineMs: 300 };
  expect(await rejectionOf(store.get(key, call))).toMatchObject({
    code: "UNAVAILABLE",
    retryable: true,
    message: expect.stringContaining("503"),
  });
  platform.fail({ operation: "list", error: 429, times: 1000 });
  expect(await rejectionOf(store.list(key, call))).toMatchObject({ code: "RATE_LIMITED" });
});

test("a backend that never answers is a TIMEOUT for a read, OUTCOME_UNKNOWN for a write", async () => {
  const { platform, store } = simulated();
  const key = freshPrefix();
  platform.fail({ operation: "get", kind: "unanswered" });
  platform.fail({ operation: "put", kind: "unanswered" });
  const call = { deadlineMs: 100 };
  expect(await codeOf(store.get(key, call))).toBe("TIMEOUT");
  expect(await rejectionOf(store.set(key, "v", call))).toMatchObject({
    code: "OUTCOME_UNKNOWN",
    retryable: false,
    hint: expect.stringContaining("read the key"),
  });
});

test("an empty page is not the end of a list, nor of a page, nor of the keys one by one", async () => {
  const { platform, store } = simulated();
  const prefix = freshPrefix();
  const keys = await putKeys(prefix, 5);
  platform.emptyPages = 3;
  expect(await store.list(prefix)).toEqual(keys);
  const first = await store.page({ prefix, limit: 2 });
  expect(first.keys).toEqual(keys.slice(0, 2));
  const second = await store.page({ prefix, limit: 2, cursor: first.cursor as string });
  expect(second.keys).toEqual(keys.slice(2, 4));
  const seen: string[] = [];
  for await (const key of store.keys(prefix)) seen.push(key);
  expect(seen).toEqual(keys);
});

describe("the limit of calls of one invocation", () => {
  test("is RATE_LIMITED with a hint, and is not tried again", async () => {
    const { platform, kv, store } = simulated({ callsPerInvocation: 3 });
    const key = freshPrefix();
    for (let i = 0; i < 3; i++) await store.get(key);
    const expected = { code: "RATE_LIMITED", hint: expect.stringContaining("1,000 operations") };
    for (const refused of [store.get(key), store.set(key, "v"), store.list(key)]) {
      expect(await rejectionOf(refused)).toMatchObject(expected);
    }
    expect(platform.calls).toHaveLength(6);
    kv.invoke();
    expect(await store.get(key)).toBeNull();
  });

  test("reaches each key of a batch that it refused", async () => {
    const { store } = simulated({ callsPerInvocation: 2 });
    const prefix = freshPrefix();
    const entries = ["a", "b", "c", "d"].map((name) => ({ key: prefix + name, value: "v" }));
    const outcomes = await store.setMany(entries);
    const codes = outcomes.map((outcome) => (outcome.ok ? "ok" : outcome.error.code));
    expect(codes).toEqual(["ok", "ok", "RATE_LIMITED", "RATE_LIMITED"]);
  });

  test("is told as what it is by a bulk read that it cuts off", async () => {
    const { platform, store } = simulated({ callsPerInvocation: 1 });
    const prefix = freshPrefix();
    const keys = Array.from({ length: 150 }, (_, i) => `${prefix}${i}`);
    expect(await codeOf(store.getMany(keys))).toBe("RATE_LIMITED");
    expect(platform.calls).toHaveLength(2);
  });
});

test("compareAndSet, patch and compareAndDelete are UNSUPPORTED, with a hint, and ask nothing", async () => {
  const { platform, store } = simulated();
  const key = freshPrefix();
  const expected = { code: "UNSUPPORTED", hint: expect.stringContaining("Durable Objects") };
  const version = "0".repeat(32);
  expect(await rejectionOf(store.compareAndSet(key, null, "v"))).toMatchObject(expected);
  expect(await rejectionOf(store.patch(key, { a: 1 }))).toMatchObject(expected);
  expect(await rejectionOf(store.compareAndDelete(key, version))).toMatchObject(expected);
  expect(platform.calls).toEqual([]);
  expect(store.capabilities).toEqual({
    compareAndSet: false,
    patch: false,
    linearizableReads: false,
    expiry: true,
    orderedPages: true,
  });
});

test("an error without a binding says which option is missing", async () => {
  const expected = { code: "UNAVAILABLE", hint: expect.stringContaining("{ kv }") };
  for (const kv of [undefined, null, {}, "UPLOADISTA_KV"]) {
    const store = cloudflareKvStore({ kv: kv as unknown as KVNamespace });
    expect(await rejectionOf(store.get("key"))).toMatchObject(expected);
    expect(await rejectionOf(store.set("key", "value"))).toMatchObject(expected);
    expect(await rejectionOf(store.getMany(["key"]))).toMatchObject(expected);
    expect(await rejectionOf(store.list())).toMatchObject(expected);
  }
});
