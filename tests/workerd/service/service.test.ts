// The RPC front: plain, as a Worker has it that only holds the binding, and through serviceKvStore.
import { exports } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import type { KvStore } from "../../../bindings/contract/contract.ts";
import { KvError } from "../../../bindings/contract/errors.ts";
import { serviceKvStore } from "../../../bindings/rpc/service-kv-store.ts";
import {
  type KvServiceBinding,
  servedCapabilities,
} from "../../../bindings/rpc/service-protocol.ts";
import { patient } from "../../patience.ts";
import { ask, freshPrefix, keyPath, tokens } from "../http/session.ts";

const mebibyte = 1024 * 1024;
const service = exports.KvService as unknown as KvServiceBinding;

async function failureOf(promise: Promise<unknown>): Promise<KvError> {
  try {
    await promise;
  } catch (error) {
    return error as KvError;
  }
  throw new Error("it did not fail");
}

describe.each(["kv", "do", "memory"] as const)("serviceKvStore over %s", (name) => {
  const open = (): KvStore =>
    patient(serviceKvStore({ service, store: name, keyNamespace: freshPrefix() }));

  test("does every operation of the contract", async () => {
    const store = open();
    expect(await store.get("a")).toBe(null);
    const expiresAt = Math.floor(Date.now() / 1000) + 600;
    const written = await store.set("a", "\ufeffone €", { expiresAt });
    expect(written).toEqual({ version: expect.stringMatching(/^[0-9a-f]{32}$/), expiresAt });
    expect(await store.get("a")).toBe("\ufeffone €");
    expect(await store.entry("a")).toEqual({ value: "\ufeffone €", ...written });
    expect(await store.entry("b")).toBe(null);

    const set = await store.setMany([
      { key: "b", value: "2", ttlSeconds: 60 },
      { key: "c", value: "\ud800" },
      { key: "", value: "x" },
      { key: "d", value: "" },
    ]);
    expect(set.map((one) => (one.ok ? typeof one.value.version : one.error.code))).toEqual([
      "string",
      "INVALID_VALUE",
      "INVALID_KEY",
      "string",
    ]);
    expect(await store.getMany(["d", "x", "b", "d"])).toEqual(["", null, "2", ""]);
    expect(await store.getMany([])).toEqual([]);
    expect(await store.list()).toEqual(["a", "b", "d"]);
    const page = await store.page({ limit: 2 });
    expect(page.keys).toEqual(["a", "b"]);
    const rest = await store.page({ limit: 2, cursor: page.cursor ?? "" });
    expect(rest).toEqual({ keys: ["d"], cursor: null });
    const keys: string[] = [];
    for await (const key of store.keys()) keys.push(key);
    expect(keys).toEqual(["a", "b", "d"]);

    expect(await store.delete("a")).toBe(undefined);
    const deleted = await store.deleteMany(["b", ""]);
    expect(deleted[0]).toEqual({ ok: true, value: undefined });
    expect(deleted[1]).toMatchObject({ ok: false, error: { code: "INVALID_KEY" } });
    expect(await store.list()).toEqual(["d"]);
    expect(Array.isArray(await store.diagnose())).toBe(true);
  });

  test("fails with a KvError that has every field", async () => {
    const store = open();
    const error = await failureOf(store.set("k".repeat(600), "x"));
    expect(error).toBeInstanceOf(KvError);
    expect(error.code).toBe("INVALID_KEY");
    expect(error.hint).not.toBe("");
    expect(error.operation).toBe("set");
    expect(error.retryable).toBe(false);
    const refused = [
      store.set("a", "\udc00"),
      store.set("a", 5 as unknown as string),
      store.getMany(["a", ""]),
      store.set("a", "x", { ttlSeconds: 1, expiresAt: 1 }),
      store.page({ cursor: "nonsense" }),
    ];
    for (const one of await Promise.all(refused.map(failureOf)))
      expect(one).toBeInstanceOf(KvError);
    const uncloneable = store.set(Symbol("a") as unknown as string, "x");
    expect((await failureOf(uncloneable)).code).toBe("INVALID_ARGUMENT");
    expect(await store.list()).toEqual([]);
  });

  test("says what the store can do", async () => {
    using target = await exports.KvService.store(name, {});
    expect(open().capabilities).toEqual(await target.capabilities);
    expect(open().capabilities).toBe(servedCapabilities[name]);
  });
});

test.each(["do", "memory"])("serviceKvStore over %s compares, sets and patches", async (name) => {
  const store = patient(serviceKvStore({ service, store: name, keyNamespace: freshPrefix() }));
  const { version } = await store.compareAndSet("a", null, '{"a":1}');
  const mismatch = await failureOf(store.compareAndSet("a", null, "x"));
  expect(mismatch.code).toBe("VERSION_MISMATCH");
  const next = await store.compareAndSet("a", version, '{"a":2}');
  const patched = await store.patch("a", { b: "€" });
  expect(JSON.parse(patched.value)).toEqual({ a: 2, b: "€" });
  expect(patched.version).not.toBe(next.version);
  expect((await failureOf(store.patch("z", {}))).code).toBe("NOT_FOUND");
  const nothing = await failureOf(store.patch("a", undefined as unknown as null));
  expect(nothing).toBeInstanceOf(KvError);
});

test("serviceKvStore over kv refuses to compare, set and patch", async () => {
  const store = serviceKvStore({ service, store: "kv", keyNamespace: freshPrefix() });
  expect((await failureOf(store.compareAndSet("a", null, "x"))).code).toBe("UNSUPPORTED");
  expect((await failureOf(store.patch("a", {}))).code).toBe("UNSUPPORTED");
});

describe.each(["kv", "do"])("a value of 25 MiB beyond Latin-1 in %s", (name) => {
  test("crosses RPC as bytes", async () => {
    const store = patient(serviceKvStore({ service, store: name, keyNamespace: freshPrefix() }));
    const value = `${"a".repeat(25 * mebibyte - 3)}€`;
    await store.set("largest", value);
    expect((await store.get("largest")) === value).toBe(true);
    const [first] = await store.getMany(["largest", "largest"]);
    expect(first === value).toBe(true);
  });
});

test("setMany sends more than a message holds in several", async () => {
  const store = patient(serviceKvStore({ service, store: "do", keyNamespace: freshPrefix() }));
  const value = "a".repeat(12 * mebibyte);
  const entries = ["a", "b", "c"].map((key) => ({ key, value }));
  const outcomes = await store.setMany(entries);
  expect(outcomes.map(({ ok }) => ok)).toEqual([true, true, true]);
  const values = await store.getMany(["a", "b", "c", "d"]);
  expect(values.map((one) => one?.length ?? null)).toEqual([
    value.length,
    value.length,
    value.length,
    null,
  ]);
});

describe("the plain RPC target", () => {
  test("gives what the contract says", async () => {
    const namespace = freshPrefix();
    using target = await exports.KvService.store("do", { namespace });
    expect(await target.get("a")).toBe(null);
    const { version } = await target.set("a", '{"a":1}', { ttlSeconds: 60 });
    expect(await target.entry("a")).toMatchObject({ value: '{"a":1}', version });
    expect(await target.patch("a", { b: 1 })).toMatchObject({ value: '{"a":1,"b":1}' });
    expect(await target.list()).toEqual(["a"]);
    expect(await target.page({ limit: 9 })).toEqual({ keys: ["a"], cursor: null });
    expect(await target.getMany(["a", "b"])).toEqual(['{"a":1,"b":1}', null]);
    const outcomes = await target.setMany([
      { key: "b", value: "x" },
      { key: "", value: "x" },
    ]);
    expect(outcomes).toMatchObject([{ ok: true }, { ok: false, error: { code: "INVALID_KEY" } }]);
    expect(await target.deleteMany(["a", "b"])).toMatchObject([{ ok: true }, { ok: true }]);
    await target.delete("b");
    expect(await target.name).not.toBe("");
  });

  test("rejects with the fields of a KvError, and no stack of the service", async () => {
    using target = await exports.KvService.store("do", {});
    const error = await failureOf(target.get(""));
    expect(error).toMatchObject({
      name: "KvError",
      code: "INVALID_KEY",
      operation: "get",
      key: "",
    });
    expect(error.hint).not.toBe("");
    expect(error.stack).not.toContain("worker/");
  });

  test("says that a text is too large for a message", async () => {
    const namespace = freshPrefix();
    const key = "wide";
    await patient(serviceKvStore({ service, store: "do", keyNamespace: namespace })).set(
      key,
      `${"a".repeat(17 * mebibyte)}€`,
    );
    using target = await exports.KvService.store("do", { namespace });
    const error = await failureOf(target.get(key));
    expect(error).toMatchObject({ code: "TOO_LARGE", key });
    expect(error.hint).toContain("serviceKvStore");
  });

  test("sees the keys that HTTP sees, below its namespace", async () => {
    const key = freshPrefix();
    await ask("PUT", keyPath("kv", key), { token: tokens.writerA, body: "x" });
    using target = await exports.KvService.store("kv", { namespace: "tenant-a/" });
    expect(await target.get(key)).toBe("x");
    expect(await (await exports.KvService.store("kv")).get(key)).toBe(null);
  });
});

test("a store that the service lacks is UNSUPPORTED, and names those that exist", async () => {
  const store = serviceKvStore({ service, store: "redis" });
  const error = await failureOf(store.get("a"));
  expect(error).toBeInstanceOf(KvError);
  expect(error).toMatchObject({ code: "UNSUPPORTED", store: "redis" });
  expect(error.hint).toContain("kv, do, memory");
  const plain = await failureOf(Promise.resolve(exports.KvService.store("redis", {})));
  expect(plain).toMatchObject({ code: "UNSUPPORTED" });
});

describe("a service that does not answer", () => {
  const broken: KvServiceBinding = { perform: () => Promise.reject(new Error("no such service")) };
  const silent: KvServiceBinding = { perform: () => new Promise(() => {}) };

  test("is UNAVAILABLE for a read, and OUTCOME_UNKNOWN for a write", async () => {
    const store = serviceKvStore({ service: broken, store: "do" });
    expect(await failureOf(store.get("a"))).toMatchObject({ code: "UNAVAILABLE", retryable: true });
    const write = await failureOf(store.set("a", "x"));
    expect(write).toMatchObject({ code: "OUTCOME_UNKNOWN", retryable: false, key: "a" });
    expect(write.cause).toBeInstanceOf(Error);
  });

  test("is given up on when the caller's signal is aborted", async () => {
    const store = serviceKvStore({ service: silent, store: "do" });
    const controller = new AbortController();
    const read = failureOf(store.get("a", { signal: controller.signal }));
    const write = failureOf(store.set("a", "x", { signal: controller.signal }));
    controller.abort();
    expect((await read).code).toBe("TIMEOUT");
    expect((await write).code).toBe("OUTCOME_UNKNOWN");
    expect((await failureOf(store.set("a", "x", { signal: controller.signal }))).code).toBe(
      "TIMEOUT",
    );
  });

  test("is given up on after the deadline", async () => {
    const store = serviceKvStore({ service: silent, store: "do" });
    expect((await failureOf(store.get("a", { deadlineMs: 1 }))).code).toBe("TIMEOUT");
  });
});

test("a closed serviceKvStore fails with CLOSED", async () => {
  const store = serviceKvStore({ service, store: "do" });
  await store.close();
  expect((await failureOf(store.get("a"))).code).toBe("CLOSED");
});
