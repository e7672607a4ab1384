// KvError as callers see it: which fields, with what in them, on every way that an operation can fail.
import { expect, test } from "vitest";
import { codes, KvError } from "../../../bindings/contract/errors.ts";
import { memoryKvStore } from "../../../bindings/stores/memory/memory-store.ts";
import { failureOf } from "../support/failing.ts";
import { FakeKv, kvFailure, openKv } from "../support/kv-fake.ts";

function openFailing(thrown: unknown) {
  const kv = Object.assign(new FakeKv(), { fault: () => thrown });
  return { kv, ...openKv(kv) };
}

test("an error names its store, operation and key, and says what to do", async () => {
  const store = memoryKvStore();
  const failure = await failureOf(store.compareAndSet("a key", "0".repeat(32), "value"));
  expect(failure).toBeInstanceOf(Error);
  expect(failure.name).toBe("KvError");
  expect(failure).toMatchObject({
    code: "VERSION_MISMATCH",
    store: "memory",
    operation: "compareAndSet",
    key: "a key",
    retryable: false,
  });
  expect(failure.message).toContain("absent");
  expect(failure.hint).toContain("read the entry");
  expect(failure.stack).toContain("KvError");
  expect("cause" in failure).toBe(false);
});

test("every operation names itself in its error", async () => {
  const { store } = openFailing(kvFailure(401));
  await store.close();
  const calls: Record<string, Promise<unknown>> = {
    get: store.get("key"),
    set: store.set("key", "value"),
    delete: store.delete("key"),
    list: store.list("prefix"),
    page: store.page({ prefix: "prefix" }),
    entry: store.entry("key"),
    compareAndSet: store.compareAndSet("key", null, "value"),
    compareAndDelete: store.compareAndDelete("key", "0".repeat(32)),
    patch: store.patch("key", {}),
    getMany: store.getMany(["key"]),
    setMany: store.setMany([{ key: "key", value: "value" }]),
    deleteMany: store.deleteMany(["key"]),
    diagnose: store.diagnose(),
  };
  const ofMany = ["list", "page", "getMany", "setMany", "deleteMany", "diagnose"];
  const failures = await Promise.all(Object.values(calls).map(failureOf));
  for (const [i, operation] of Object.keys(calls).entries()) {
    expect(failures[i]).toMatchObject({
      code: "CLOSED",
      store: "cloudflare-kv",
      operation,
      key: ofMany.includes(operation) ? null : "key",
    });
  }
});

test("the cause is the very thing that the host threw", async () => {
  for (const thrown of [kvFailure(403), "a string", 5, null, Symbol("s"), Object.create(null)]) {
    const { store } = openFailing(thrown);
    const calls = [store.get("key", { deadlineMs: 1 }), store.set("key", "v", { deadlineMs: 1 })];
    for (const failure of await Promise.all(calls.map(failureOf))) {
      expect(failure.cause).toBe(thrown);
      expect(["UNAVAILABLE", "OUTCOME_UNKNOWN"]).toContain(failure.code);
    }
  }
});

test("what the host threw is told in the message", async () => {
  const { store } = openFailing(new TypeError("the binding is missing"));
  const failure = await failureOf(store.get("key", { deadlineMs: 1 }));
  expect(failure.message).toContain("TypeError: the binding is missing");
});

test("a host that throws something whose message cannot be read is a failure like any other", async () => {
  const hostile = {
    get message(): string {
      throw new Error("no message for you");
    },
  };
  const { core, store } = openFailing(hostile);
  expect((await failureOf(store.get("key", { deadlineMs: 1 }))).code).toBe("UNAVAILABLE");
  expect((await failureOf(store.set("key", "v", { deadlineMs: 1 }))).code).toBe("OUTCOME_UNKNOWN");
  expect((await failureOf(store.get("key", { deadlineMs: 1 }))).cause).toBe(hostile);
  expect(core.instance.exports.kv_operations()).toBe(0);
});

test("only what may succeed later without a change is retryable", async () => {
  const retryable: Record<string, boolean> = {};
  for (const status of [401, 400, 413, 429, 500, 503]) {
    const { store } = openFailing(kvFailure(status, "GET"));
    const failure = await failureOf(store.get("key", { deadlineMs: 1 }));
    retryable[failure.code] = failure.retryable;
  }
  const { store } = openFailing(kvFailure(500));
  const unknown = await failureOf(store.set("key", "value", { deadlineMs: 1 }));
  retryable[unknown.code] = unknown.retryable;
  expect(retryable).toEqual({
    UNAVAILABLE: true,
    RATE_LIMITED: true,
    INVALID_ARGUMENT: false,
    OUTCOME_UNKNOWN: false,
  });
});

test("toJSON gives every field but the cause, and crosses a clone", async () => {
  const { store } = openFailing(kvFailure(401));
  const failure = await failureOf(store.get("key"));
  expect(failure.cause).toBeDefined();
  const fields = failure.toJSON();
  expect(fields).toEqual({
    code: "UNAVAILABLE",
    message: failure.message,
    store: "cloudflare-kv",
    operation: "get",
    key: "key",
    retryable: true,
    hint: failure.hint,
  });
  expect(JSON.parse(JSON.stringify(failure))).toEqual(fields);
  const rebuilt = new KvError(structuredClone(fields));
  expect(rebuilt.toJSON()).toEqual(fields);
  expect(rebuilt).toBeInstanceOf(KvError);
});

test("no error holds a value's text", async () => {
  const secret = "the visitor's secret";
  const store = memoryKvStore({ maxBytes: 100 });
  const writes = [
    store.set("key", secret.repeat(10)),
    store.compareAndSet("key", "0".repeat(32), secret),
    store.set("key", `${secret}\ud800`),
    store.set("", secret),
    openFailing(kvFailure(401)).store.set("key", secret),
  ];
  for (const { message, hint } of await Promise.all(writes.map(failureOf))) {
    expect(`${message} ${hint}`).not.toContain("secret");
  }
});

test("one key of a batch fails by itself, with an error that names it", async () => {
  const kv = new FakeKv();
  const thrown = kvFailure(403);
  kv.fault = ({ key }) => (key === "refused" ? thrown : undefined);
  const { store } = openKv(kv);
  const outcomes = await store.setMany([
    { key: "fine", value: "value" },
    { key: "refused", value: "value" },
    { key: "..", value: "value" },
    { key: "too late", value: "value", expiresAt: 1 },
  ]);
  expect(outcomes.map(({ ok }) => ok)).toEqual([true, false, false, true]);
  for (const [i, code] of [
    [1, "UNAVAILABLE"],
    [2, "INVALID_KEY"],
  ] as const) {
    const outcome = outcomes[i];
    if (outcome === undefined || outcome.ok) expect.fail("it was written");
    expect(outcome.error).toBeInstanceOf(KvError);
    expect(outcome.error).toMatchObject({ code, operation: "setMany", store: "cloudflare-kv" });
    expect(outcome.error.key).toBe(["fine", "refused", ".."][i]);
  }
  expect([...kv.cells.keys()]).toEqual(["fine"]);
});

test("the codes are the closed set of the contract", () => {
  expect(new Set(codes).size).toBe(14);
});
