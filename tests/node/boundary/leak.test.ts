// Nothing stays behind: after 100,000 operations of every kind, failures among them, no frame, no operation and no byte
// in flight is left, and the memory does not grow from the 50,000th to the 100,000th.
import { expect, test } from "vitest";
import type { Core } from "../../../bindings/boundary/instance.ts";
import { KvError } from "../../../bindings/contract/errors.ts";
import type { CoreStore } from "../../../bindings/operation/core-store.ts";
import { expectNothingInFlight, heapTop } from "../support/census.ts";
import { FakeKv, kvFailure, openKv, openMemory } from "../support/kv-fake.ts";
import { printedRandom, type Random } from "../support/random.ts";

const rounds = 100_000;
// What fragments of the heap may move its top by. A leak of 16 bytes, the least that malloc gives, in each of 50,000
// operations is 800,000.
const fragmentsBytes = 64 * 1024;

type Does = (store: CoreStore, key: string, random: Random) => Promise<unknown>;

const wrongVersion = "0123456789abcdef0123456789abcdef";
const everyKind: Record<string, Does> = {
  set: (store, key, random) => store.set(key, "v".repeat(random.below(400))),
  setWithTtl: (store, key) => store.set(key, "short-lived", { ttlSeconds: 60 }),
  setExpired: (store, key) => store.set(key, "gone", { expiresAt: 1 }),
  setLarge: (store, key, random) => store.set(key, "l".repeat(20_000 + random.below(60_000))),
  setJson: (store, key) => store.set(key, '{"offset":0,"parts":[1,2,3]}'),
  get: (store, key) => store.get(key),
  getBytes: (store, key) => store.getBytes(key),
  getMissing: (store) => store.get("no such key"),
  entry: (store, key) => store.entry(key),
  delete: (store, key) => store.delete(key),
  list: (store) => store.list("key-1"),
  page: (store) => store.page({ limit: 3 }),
  keys: async (store) => {
    for await (const key of store.keys("key-2")) if (key === "key-21") break;
  },
  create: (store, key) => store.compareAndSet(key, null, "new"),
  replace: async (store, key) => {
    const entry = await store.entry(key);
    if (entry !== null) await store.compareAndSet(key, entry.version, "replaced");
  },
  mismatch: (store, key) => store.compareAndSet(key, wrongVersion, "never"),
  deleteMismatch: (store, key) => store.compareAndDelete(key, wrongVersion),
  patch: (store, key) => store.patch(key, { offset: 1, parts: null }),
  patchBadly: (store, key) => store.patchBytes(key, new TextEncoder().encode("{")),
  getMany: (store, key) => store.getMany([key, "key-1", "no such key", key]),
  setMany: (store, key) =>
    store.setMany([
      { key, value: "many" },
      { key: "", value: "bad key" },
    ]),
  deleteMany: (store, key) => store.deleteMany([key, "."]),
  diagnose: (store) => store.diagnose(),
  badKey: (store) => store.set("..", "refused"),
  badCursor: (store) => store.page({ cursor: "AAAA" }),
  tooLong: (store) => store.get("k".repeat(513)),
  nothingLeftOfTheDeadline: (store, key) => store.get(key, { deadlineMs: 0 }),
};
const kinds = Object.values(everyKind);

/** `width` of them at the same time. */
async function runRounds(
  store: CoreStore,
  random: Random,
  from: number,
  to: number,
  width: number,
) {
  const codes = new Map<string, number>();
  for (let at = from; at < to; at += width) {
    // Of two writes of one key at the same time the second would wait for its turn.
    const first = random.below(50);
    const batch = Array.from({ length: width }, (_, i) => {
      const does = kinds[(at + i) % kinds.length] as Does;
      return does(store, `key-${(first + i) % 50}`, random).catch((error: unknown) => {
        if (!(error instanceof KvError)) throw error;
        codes.set(error.code, (codes.get(error.code) ?? 0) + 1);
      });
    });
    await Promise.all(batch);
  }
  return codes;
}

/** Empties the store and tells how large the linear memory is, and up to where its heap is in use. */
async function settle(core: Core, store: CoreStore): Promise<{ size: number; top: number }> {
  await store.deleteMany(await store.list());
  // Some room is kept for the next answer: it is to be small, so that it lies low.
  for (let i = 0; i < 10; i++) await store.getMany(["a", "b"]);
  expectNothingInFlight(core);
  const size = core.instance.exports.memory.buffer.byteLength;
  return { size, top: heapTop(core) };
}

async function expectNoLeak(
  core: Core,
  store: CoreStore,
  random: Random,
  width: number,
  setFaults: (areOn: boolean) => void = () => {},
) {
  const { instance } = core;
  setFaults(true);
  await runRounds(store, random, 0, rounds / 2, width);
  setFaults(false);
  const { top } = await settle(core, store);
  const size = instance.exports.memory.buffer.byteLength;
  setFaults(true);
  const codes = await runRounds(store, random, rounds / 2, rounds, width);
  setFaults(false);
  const whole = await settle(core, store);
  console.log(`heap top ${top}, then ${whole.top}; failures`, Object.fromEntries(codes));
  expect(core.instance).toBe(instance);
  expect(whole.size).toBe(size);
  expect(whole.top - top).toBeLessThan(fragmentsBytes);
  return codes;
}

test("100,000 operations of every kind on memory leave nothing behind", async () => {
  const { core, store } = openMemory();
  const random = printedRandom("leak, memory");
  const codes = await expectNoLeak(core, store, random, 1);
  expect([...codes.keys()].sort()).toEqual([
    "INVALID_ARGUMENT",
    "INVALID_KEY",
    "INVALID_VALUE",
    "NOT_FOUND",
    "VERSION_MISMATCH",
  ]);
});

test("100,000 operations of every kind over an asynchronous host leave nothing behind", async () => {
  const kv = new FakeKv();
  const { core, store } = openKv(kv);
  const random = printedRandom("leak, host");
  // A refusal that no retry helps, and that proves that nothing was written: nobody waits for anything.
  let areFaultsOn = false;
  kv.fault = () => (areFaultsOn && random() < 0.05 ? kvFailure(401) : undefined);
  const codes = await expectNoLeak(core, store, random, 25, (areOn) => {
    areFaultsOn = areOn;
  });
  expect([...codes.keys()].sort()).toEqual([
    "INVALID_ARGUMENT",
    "INVALID_KEY",
    "UNAVAILABLE",
    "UNSUPPORTED",
  ]);
});
