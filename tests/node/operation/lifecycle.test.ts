// Opening and closing: what closes with what, and what goes on.
import { expect, test } from "vitest";
import { Core } from "../../../bindings/boundary/instance.ts";
import type { ByteStore } from "../../../bindings/contract/bytes.ts";
import { CoreStore } from "../../../bindings/operation/core-store.ts";
import { memoryKvStore } from "../../../bindings/stores/memory/memory-store.ts";
import { codeOf } from "../support/failing.ts";
import { FakeKv, openKv, openKvConfig } from "../support/kv-fake.ts";

async function expectClosed(store: ByteStore): Promise<void> {
  const version = "0".repeat(32);
  const calls = [
    store.get("key"),
    store.getBytes("key"),
    store.entry("key"),
    store.set("key", "value"),
    store.delete("key"),
    store.list(),
    store.page(),
    store.compareAndSet("key", null, "value"),
    store.compareAndDelete("key", version),
    store.patch("key", {}),
    store.getMany(["key"]),
    store.setMany([{ key: "key", value: "value" }]),
    store.deleteMany(["key"]),
    store.getMany([]),
    store.setMany([]),
    store.deleteMany([]),
    store.diagnose(),
    Array.fromAsync(store.keys()),
  ];
  const closed = calls.map(() => "CLOSED");
  expect(await Promise.all(calls.map(codeOf))).toEqual(closed);
}

test("after close every operation fails with CLOSED, and closing again is no error", async () => {
  for (const store of [memoryKvStore(), openKv(new FakeKv()).store]) {
    await store.set("key", "value");
    await store.close();
    await expectClosed(store);
    await store.close();
    await expectClosed(store);
  }
});

test("a store is closed at the end of the block that uses it", async () => {
  let kept: ByteStore;
  {
    await using store = memoryKvStore();
    await store.set("key", "value");
    kept = store;
  }
  await expectClosed(kept);
});

test("closing one store leaves the others as they are", async () => {
  const core = new Core();
  const kv = new FakeKv();
  const one = new CoreStore(openKvConfig(core), kv);
  const other = new CoreStore(openKvConfig(core), kv);
  const memory = memoryKvStore();
  await memory.set("key", "value");
  await one.set("key", "value");
  await one.close();
  expect(await other.get("key")).toBe("value");
  expect(await memory.get("key")).toBe("value");
  // The handle of a closed store is given to the next one: the closed one must not reach it.
  const next = new CoreStore(openKvConfig(core), kv);
  expect(await next.get("key")).toBe("value");
  await expectClosed(one);
});

test("a view is a namespace below its store, and closing it closes nothing else", async () => {
  const store = memoryKvStore({ keyNamespace: "all/" });
  const view = store.scope("a/");
  const deeper = view.scope("b/");
  await store.set("key", "of the store");
  await view.set("key", "of the view");
  await deeper.set("key", "of the deeper one");
  expect(await store.list()).toEqual(["a/b/key", "a/key", "key"]);
  expect(await view.list()).toEqual(["b/key", "key"]);
  expect(await deeper.list()).toEqual(["key"]);
  await view.close();
  await expectClosed(view);
  expect(await deeper.get("key")).toBe("of the deeper one");
  expect(await store.get("a/key")).toBe("of the view");
});

test("closing a store closes every view of it", async () => {
  const store = memoryKvStore();
  const view = store.scope("a/");
  const deeper = view.scope("b/");
  await store.close();
  await expectClosed(view);
  await expectClosed(deeper);
  await expectClosed(store.scope("made later/"));
});

test("operations in flight when the store closes go on to their end", async () => {
  const kv = new FakeKv();
  const { promise: opened, resolve: answer } = Promise.withResolvers<void>();
  kv.gate = () => opened;
  const { core, store } = openKv(kv);
  const write = store.set("key", "value");
  const list = store.list();
  await store.close();
  answer();
  expect((await write).expiresAt).toBeNull();
  expect(await list).toEqual(["key"]);
  expect(kv.text("key")).toBe("value");
  expect(core.instance.exports.kv_operations()).toBe(0);
});

test("10,000 stores opened and closed in one instance leave its memory as it was", async () => {
  const core = new Core();
  const cycle = () => openKvConfig(core).close();
  for (let i = 0; i < 100; i++) cycle();
  const before = core.instance.exports.kv_reserve(8 * 1024 * 1024, 0);
  for (let i = 0; i < 10_000; i++) cycle();
  expect(core.instance.exports.kv_reserve(8 * 1024 * 1024, 0)).toBe(before);
});

test("two memory stores know nothing of each other", async () => {
  const one = memoryKvStore();
  const other = memoryKvStore();
  await one.set("key", "value");
  expect(await other.get("key")).toBeNull();
  expect(await other.list()).toEqual([]);
});
