// What TypeScript forbids and JavaScript passes all the same: always a rejection with a KvError, never another exception
// and never a silent conversion.
import { describe, expect, test } from "vitest";
import type { JsonValue, KvStore } from "../../../bindings/contract/contract.ts";
import type { CoreStore } from "../../../bindings/operation/core-store.ts";
import { memoryKvStore } from "../../../bindings/stores/memory/memory-store.ts";
import { failureOf } from "../support/failing.ts";
import { FakeKv, openKv } from "../support/kv-fake.ts";

// biome-ignore lint/suspicious/noExplicitAny: the point of this file
type Anything = any;

const notText: Anything[] = [
  5,
  null,
  undefined,
  true,
  {},
  [],
  5n,
  Symbol("key"),
  new Uint8Array(3),
];
const described = (value: unknown) => (typeof value === "symbol" ? "a symbol" : `${typeof value}`);

const stores: Record<string, () => CoreStore> = {
  memory: () => memoryKvStore() as CoreStore,
  "Workers KV": () => openKv(new FakeKv()).store,
};

describe.each(Object.entries(stores))("%s", (_, open) => {
  /** The call rejects with that code, and does not throw. */
  async function refuses(code: string, call: (store: CoreStore) => Promise<unknown>) {
    const failure = await failureOf(call(open()));
    expect(failure.code, failure.message).toBe(code);
    expect(failure.hint).not.toBe("");
    expect(failure.message).not.toBe("");
    return failure;
  }

  test("a key that is no string is INVALID_KEY", async () => {
    for (const key of notText) {
      const calls: ((store: CoreStore) => Promise<unknown>)[] = [
        (store) => store.get(key),
        (store) => store.entry(key),
        (store) => store.set(key, "value"),
        (store) => store.delete(key),
        (store) => store.compareAndSet(key, null, "value"),
        (store) => store.patch(key, {}),
        (store) => store.getMany(["fine", key]),
        (store) => store.setMany([{ key, value: "value" }]),
        (store) => store.deleteMany([key]),
      ];
      for (const call of calls) {
        const failure = await refuses("INVALID_KEY", call);
        expect(failure.message, described(key)).toContain("not a string");
        expect(failure.key).toBeNull();
      }
    }
  });

  test("a prefix that is no string is INVALID_KEY", async () => {
    for (const prefix of notText.filter((one) => one !== undefined)) {
      await refuses("INVALID_KEY", (store) => store.list(prefix));
      await refuses("INVALID_KEY", (store) => store.page({ prefix }));
    }
  });

  test("a value that is no string is INVALID_VALUE, and nothing is written", async () => {
    for (const value of notText.filter((one) => !(one instanceof Uint8Array))) {
      const store = open();
      expect((await failureOf(store.set("key", value))).code).toBe("INVALID_VALUE");
      expect((await failureOf(store.compareAndSet("key", null, value))).code).toBe("INVALID_VALUE");
      expect((await failureOf(store.setMany([{ key: "key", value }]))).code).toBe("INVALID_VALUE");
      expect(await store.list()).toEqual([]);
    }
    await refuses("INVALID_VALUE", (store) => (store as Anything).set("key"));
  });

  test("a limit that is no whole number from 1 to 1,000 is INVALID_ARGUMENT", async () => {
    const limits: Anything[] = [
      Number.NaN,
      0,
      -1,
      1.5,
      1001,
      Number.POSITIVE_INFINITY,
      "5",
      null,
      5n,
      {},
    ];
    for (const limit of limits) {
      await refuses("INVALID_ARGUMENT", (store) => store.page({ limit }));
    }
  });

  test("a deadline that is no number above 0 is INVALID_ARGUMENT", async () => {
    const { NaN: notANumber, POSITIVE_INFINITY: forEver } = Number;
    const deadlines: Anything[] = [-1, 0, notANumber, forEver, -forEver, "100", null, 5n, {}];
    for (const deadlineMs of deadlines) {
      await refuses("INVALID_ARGUMENT", (store) => store.get("key", { deadlineMs }));
      await refuses("INVALID_ARGUMENT", (store) => store.set("key", "value", { deadlineMs }));
      await refuses("INVALID_ARGUMENT", (store) => store.list("", { deadlineMs }));
    }
  });

  test("an expiry that is no whole number is INVALID_ARGUMENT", async () => {
    const numbers: Anything[] = [
      "60",
      Number.NaN,
      1.5,
      -1,
      null,
      60n,
      {},
      true,
      Number.POSITIVE_INFINITY,
    ];
    for (const number of numbers) {
      await refuses("INVALID_ARGUMENT", (store) => store.set("key", "v", { ttlSeconds: number }));
      await refuses("INVALID_ARGUMENT", (store) => store.set("key", "v", { expiresAt: number }));
      const [outcome] = await open().setMany([{ key: "key", value: "v", ttlSeconds: number }]);
      expect(outcome).toMatchObject({ ok: false, error: { code: "INVALID_ARGUMENT", key: "key" } });
    }
    await refuses("INVALID_ARGUMENT", (store) => store.set("key", "v", { ttlSeconds: 0 }));
    const both = { ttlSeconds: 60, expiresAt: 4_000_000_000 };
    await refuses("INVALID_ARGUMENT", (store) => store.set("key", "v", both));
  });

  test("a cursor that is no cursor is INVALID_ARGUMENT", async () => {
    for (const cursor of [
      5,
      {},
      true,
      5n,
      "",
      "no cursor",
      "AAAA",
      `${"A".repeat(5000)}`,
    ] as Anything[]) {
      await refuses("INVALID_ARGUMENT", (store) => store.page({ cursor }));
    }
  });

  test("a batch that is no array of the right things is INVALID_ARGUMENT", async () => {
    for (const keys of [5, null, undefined, {}, "key", new Set(["key"])] as Anything[]) {
      await refuses("INVALID_ARGUMENT", (store) => store.getMany(keys));
      await refuses("INVALID_ARGUMENT", (store) => store.setMany(keys));
      await refuses("INVALID_ARGUMENT", (store) => store.deleteMany(keys));
    }
    for (const entry of [null, undefined, 5, "key"] as Anything[]) {
      await refuses("INVALID_KEY", (store) => store.setMany([entry]));
    }
  });

  test("options that are no options, and a signal that is none, do not escape as another error", async () => {
    for (const call of [null, undefined, {}] as Anything[]) {
      expect(await open().get("key", call)).toBeNull();
      expect((await open().set("key", "value", call)).expiresAt).toBeNull();
      expect((await open().page(call)).keys).toEqual([]);
    }
    for (const signal of [5, {}, "abort", new AbortController()] as Anything[]) {
      await refuses("INVALID_ARGUMENT", (store) => store.get("key", { signal }));
    }
  });
});

test("a version that is no version is INVALID_ARGUMENT", async () => {
  const store = memoryKvStore();
  for (const version of [5, {}, true, "", "abc", "X".repeat(32), "A".repeat(32)] as Anything[]) {
    const failure = await failureOf(store.compareAndSet("key", version, "value"));
    expect(failure.code).toBe("INVALID_ARGUMENT");
  }
});

test("a patch that JSON cannot express is INVALID_ARGUMENT, with what JSON said as cause", async () => {
  const store: KvStore = memoryKvStore();
  await store.set("key", "{}");
  const cyclic: { [name: string]: Anything } = {};
  cyclic["self"] = cyclic;
  for (const patch of [{ number: 5n }, cyclic] as Anything[]) {
    const failure = await failureOf(store.patch("key", patch as JsonValue));
    expect(failure).toMatchObject({ code: "INVALID_ARGUMENT", operation: "patch", key: "key" });
    expect(failure.cause).toBeInstanceOf(TypeError);
    expect(failure.hint).toContain("JSON");
  }
  for (const patch of [undefined, () => {}, Symbol("patch")] as Anything[]) {
    expect((await failureOf(store.patch("key", patch as JsonValue))).code).toBe("INVALID_ARGUMENT");
  }
  expect(await store.get("key")).toBe("{}");
});

test("a wrong option of a store is refused when it is opened", () => {
  const wrong: Anything[] = [
    { maxBytes: 0 },
    { maxBytes: "64" },
    { maxBytes: Number.NaN },
    { eviction: "fifo" },
    { keyNamespace: 5 },
    { keyNamespace: "\ud800" },
    { keyNamespace: "\0" },
    { keyNamespace: "n".repeat(600) },
  ];
  for (const options of wrong) {
    expect(() => memoryKvStore(options), JSON.stringify(options)).toThrow(
      expect.objectContaining({ name: "KvError", code: expect.stringMatching(/^INVALID_/) }),
    );
  }
});
