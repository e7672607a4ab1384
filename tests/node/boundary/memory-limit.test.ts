// The memory store's maxBytes counts what records really take: OUT_OF_MEMORY comes before an allocation fails.
import { expect, test } from "vitest";
import { KvError } from "../../../bindings/contract/errors.ts";
import { expectNothingInFlight } from "../support/census.ts";
import { codeOf, failureOf } from "../support/failing.ts";
import { openMemory } from "../support/kv-fake.ts";
import { printedRandom } from "../support/random.ts";

const mebibyte = 1024 * 1024;
const maxBytes = 16 * mebibyte;
// The stack, the module's data and scratch space, what is in flight, and holes between records.
const slackBytes = 4 * mebibyte;

type Memory = ReturnType<typeof openMemory>;

/** Sets keys until the store refuses one; gives how many it took. */
async function fill({ store }: Memory, valueFor: (i: number) => string): Promise<number> {
  for (let i = 0; ; i++) {
    try {
      await store.set(`key-${i}`, valueFor(i));
    } catch (error) {
      expect(error).toBeInstanceOf(KvError);
      expect((error as KvError).code).toBe("OUT_OF_MEMORY");
      return i;
    }
  }
}

function linearMemory({ core }: Memory): number {
  return core.instance.exports.memory.buffer.byteLength;
}

test("1-byte values fill the store until it refuses, within maxBytes of real memory", async () => {
  // More than the module has at its start.
  const large = 64 * mebibyte;
  const memory = openMemory({ maxBytes: large });
  const { core, store } = memory;
  const { instance } = core;
  const taken = await fill(memory, () => "v");
  console.log(`${taken} records of 1 byte, linear memory ${linearMemory(memory)} of ${large}`);
  expect(taken).toBeGreaterThan(250_000);
  expect(linearMemory(memory)).toBeLessThan(large + slackBytes);
  expect(core.instance).toBe(instance);

  expect(await store.get("key-0")).toBe("v");
  expect(await store.get(`key-${taken - 1}`)).toBe("v");
  expect(await store.get(`key-${taken}`)).toBeNull();
  await store.delete("key-0");
  await store.set("another", "w");
  expect(await codeOf(store.set("one more with a longer name", "w"))).toBe("OUT_OF_MEMORY");
  expectNothingInFlight(core);
});

test("what is deleted makes room again, many times over", async () => {
  const memory = openMemory({ maxBytes: 4 * mebibyte });
  const { core, store } = memory;
  const first = await fill(memory, () => "v");
  const size = linearMemory(memory);
  for (let round = 0; round < 10; round++) {
    for (let i = 0; i < first; i += 1000) {
      const keys = Array.from({ length: Math.min(1000, first - i) }, (_, n) => `key-${i + n}`);
      await store.deleteMany(keys);
    }
    expect(await store.list()).toEqual([]);
    expect(await fill(memory, () => "v")).toBe(first);
  }
  expect(linearMemory(memory)).toBe(size);
  expectNothingInFlight(core);
});

test("values of random sizes, replaced and deleted at random, stay within twice maxBytes", async () => {
  const random = printedRandom("memory limit");
  const memory = openMemory({ maxBytes });
  const { core, store } = memory;
  const { instance } = core;
  let refusals = 0;
  for (let i = 0; i < 40_000; i++) {
    const key = `key-${random.below(1500)}`;
    if (random() < 0.3) await store.delete(key);
    const size = random() < 0.9 ? random.below(4000) : random.below(300_000);
    await store.set(key, "v".repeat(size)).catch((error: KvError) => {
      expect(error.code).toBe("OUT_OF_MEMORY");
      refusals++;
    });
  }
  console.log(`${refusals} refusals, linear memory ${linearMemory(memory)} of ${maxBytes}`);
  expect(refusals).toBeGreaterThan(0);
  expect(linearMemory(memory)).toBeLessThan(2 * maxBytes);
  expect(core.instance).toBe(instance);
});

test("a refused write changes nothing, and says how much there is", async () => {
  const { store } = openMemory({ maxBytes: 10_000 });
  const { version } = await store.set("key", "a".repeat(5000));
  const failure = await failureOf(store.set("key", "b".repeat(20_000)));
  expect(failure).toMatchObject({ code: "OUT_OF_MEMORY", retryable: false, key: "key" });
  expect(failure.message).toContain("10000");
  expect(failure.hint).toContain("maxBytes");
  expect((await store.entry("key"))?.version).toBe(version);
  expect(await codeOf(store.set("another", "b".repeat(6000)))).toBe("OUT_OF_MEMORY");
  expect(await store.list()).toEqual(["key"]);
  const [one, two] = await store.setMany([
    { key: "fits", value: "c" },
    { key: "does not", value: "c".repeat(6000) },
  ]);
  expect(one).toMatchObject({ ok: true });
  expect(two).toMatchObject({ ok: false, error: { code: "OUT_OF_MEMORY", key: "does not" } });
});

test("with eviction, what was used least recently goes, and what was used stays", async () => {
  const { core, store } = openMemory({ maxBytes: 100_000, eviction: "lru" });
  const { instance } = core;
  await store.set("read often", "kept");
  await store.set("written often", "kept");
  for (let i = 0; i < 5000; i++) {
    await store.set(`key-${i}`, "v".repeat(100));
    await store.get("read often");
    await store.set("written often", `kept ${i}`);
  }
  expect(await store.get("read often")).toBe("kept");
  expect(await store.get("written often")).toBe("kept 4999");
  expect(await store.get("key-0")).toBeNull();
  // The newest are there, without a gap.
  const left = (await store.list("key-")).map((key) => Number(key.slice(4))).sort((a, b) => a - b);
  expect(left.length).toBeGreaterThan(200);
  expect(left).toEqual(Array.from({ length: left.length }, (_, i) => 5000 - left.length + i));
  expect(await codeOf(store.set("too large for any room", "v".repeat(200_000)))).toBe(
    "OUT_OF_MEMORY",
  );
  expect(await store.list("key-")).toHaveLength(left.length);
  expect(core.instance).toBe(instance);
});

test("holes between records are bounded in the worst order too, and nothing traps", async () => {
  const memory = openMemory({ maxBytes });
  const { core, store } = memory;
  const { instance } = core;
  // Each round leaves every other record, so that no hole takes one of the next round's.
  for (let size = 500; size <= 64_000; size *= 2) {
    expect(await fill(memory, () => "v".repeat(size))).toBeGreaterThan(0);
    const keys = await store.list();
    for (let i = 0; i < keys.length; i += 2) await store.delete(keys[i] as string);
  }
  console.log(`linear memory ${linearMemory(memory)} of ${maxBytes} in the worst order`);
  // This is why a store of more than 1.5 GiB is refused: the linear memory ends at 4 GiB.
  expect(linearMemory(memory)).toBeLessThan(2.5 * maxBytes);
  expect(core.instance).toBe(instance);
});

test("a maxBytes that the linear memory might not hold is refused when the store is opened", () => {
  const gibibyte = 1024 * mebibyte;
  expect(() => openMemory({ maxBytes: 1.5 * gibibyte })).not.toThrow();
  expect(() => openMemory({ maxBytes: 1.5 * gibibyte + 1 })).toThrow("1610612736");
});
