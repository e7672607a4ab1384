// Any exception that leaves an export poisons the instance: it is replaced, what was in flight on it fails, and the next
// operation works.
import { expect, test } from "vitest";
import { Core, type Instance, InstanceLost } from "../../../bindings/boundary/instance.ts";
import { CoreStore } from "../../../bindings/operation/core-store.ts";
import { expectNothingInFlight } from "../support/census.ts";
import { failureOf } from "../support/failing.ts";
import { FakeKv, openKv, openKvConfig, openMemory } from "../support/kv-fake.ts";

/** A request at the very end of the address space: reading it traps. */
function trap(instance: Instance): InstanceLost {
  try {
    instance.start(0xffff_fff0, 4096);
  } catch (error) {
    expect(error).toBeInstanceOf(InstanceLost);
    return error as InstanceLost;
  }
  expect.fail("the export did not trap");
}

/** A host that answers when told to. */
function waitingKv() {
  const kv = new FakeKv();
  const { promise: opened, resolve: answer } = Promise.withResolvers<void>();
  kv.gate = () => opened;
  return { kv, answer };
}

test("a trap loses the instance, and the next operation has a new one", async () => {
  const { core, store } = openKv(new FakeKv());
  await store.set("key", "value");
  const { instance } = core;
  const { cause } = trap(instance);
  expect(cause).toBeInstanceOf(WebAssembly.RuntimeError);
  expect(instance.isLost).toBe(true);
  expect(await store.get("key")).toBe("value");
  expect(core.instance).not.toBe(instance);
  expectNothingInFlight(core);
});

test("a lost instance is never entered again", () => {
  const { instance } = new Core();
  trap(instance);
  expect(() => instance.start(instance.scratch, 0)).toThrow(InstanceLost);
  expect(() => instance.guard(() => expect.fail("it was entered"))).toThrow(InstanceLost);
  expect(() => instance.resumeDone(0, 0)).toThrow(InstanceLost);
});

test("any exception loses the instance, also one that is no trap", () => {
  const { instance } = new Core();
  const cause = new RangeError("Maximum call stack size exceeded");
  expect(() =>
    instance.guard(() => {
      throw cause;
    }),
  ).toThrow(InstanceLost);
  expect(instance.isLost).toBe(true);
});

test("operations in flight on a lost instance fail when their host answers", async () => {
  const { kv, answer } = waitingKv();
  const { core, store } = openKv(kv);
  const reads = [store.get("key"), store.entry("key"), store.list(), store.getMany(["key"])];
  const writes = [
    store.set("key", "value"),
    store.delete("another"),
    store.setMany([{ key: "third", value: "value" }]),
  ];
  const failures = Promise.all([...reads, ...writes].map(failureOf));
  const lost = trap(core.instance);
  answer();
  for (const failure of (await failures).slice(0, reads.length)) {
    expect(failure).toMatchObject({ code: "UNAVAILABLE", retryable: true });
    expect(failure.hint).not.toBe("");
  }
  for (const failure of (await failures).slice(reads.length)) {
    expect(failure).toMatchObject({ code: "OUTCOME_UNKNOWN", retryable: false });
    expect(failure.hint).toContain("read the key");
    expect(failure.cause).toBeInstanceOf(InstanceLost);
  }
  expect(lost.cause).toBeInstanceOf(WebAssembly.RuntimeError);
  expect(await store.get("key")).toBe("value");
  expectNothingInFlight(core);
});

test("operations in flight on a lost instance fail at their deadline if no host answers", async () => {
  const { kv } = waitingKv();
  const { core, store } = openKv(kv);
  const read = failureOf(store.get("key", { deadlineMs: 20 }));
  const write = failureOf(store.set("key", "value", { deadlineMs: 20 }));
  trap(core.instance);
  expect((await read).code).toBe("UNAVAILABLE");
  expect((await write).code).toBe("OUTCOME_UNKNOWN");
});

test("every store of a lost instance is opened again in the new one", async () => {
  const core = new Core();
  const kv = new FakeKv();
  const stores = Array.from({ length: 3 }, (_, i) => {
    return new CoreStore(openKvConfig(core), kv, `tenant-${i}/`);
  });
  for (const store of stores) await store.set("key", store.name);
  for (let faults = 0; faults < 3; faults++) {
    trap(core.instance);
    for (const store of stores) expect(await store.list()).toEqual(["key"]);
  }
  await stores[0]?.close();
  trap(core.instance);
  expect(await stores[1]?.get("key")).toBe("cloudflare-kv");
  expect((await failureOf((stores[0] as CoreStore).get("key"))).code).toBe("CLOSED");
});

test("a trap in one memory store costs no other memory store its data", async () => {
  const damaged = openMemory();
  const other = openMemory();
  await damaged.store.set("key", "lost");
  await other.store.set("key", "kept");
  trap(damaged.core.instance);
  expect(await other.store.get("key")).toBe("kept");
  expect(await damaged.store.get("key")).toBeNull();
  await damaged.store.set("key", "again");
  expect(await damaged.store.get("key")).toBe("again");
});

test("a trap amid a store's own operation fails that operation, and only that", async () => {
  const { core, store } = openMemory();
  const { instance } = core;
  // What a fault inside the core looks like from outside: its export throws.
  const broken = { kv_start: () => expect.fail("unreachable") };
  broken.kv_start = () => {
    throw new WebAssembly.RuntimeError("unreachable");
  };
  Object.defineProperty(instance, "exports", {
    value: new Proxy(instance.exports, {
      get: (exports, name) => Reflect.get(name in broken ? broken : exports, name),
    }),
  });
  const failure = await failureOf(store.set("key", "value"));
  expect(failure.code).toBe("OUTCOME_UNKNOWN");
  expect(await store.get("key")).toBeNull();
  expect(core.instance).not.toBe(instance);
});

test("a version that is asked for after the instance was lost is still the right one", async () => {
  const { core, store } = openMemory();
  const before = await store.set("key", "value");
  const known = (await store.set("other", "value")).version;
  trap(core.instance);
  expect(before.version).toBe(known);
});
