// An object or a shard of the catalog dies amid an operation, at each point of it in turn: whatever was
// acknowledged is there, the catalog agrees with the objects, and no failure says something false.
import { runDurableObjectAlarm } from "cloudflare:test";
import { describe, expect, test } from "vitest";
import type { ByteStore } from "../../../bindings/contract/bytes.ts";
import { withFrozenClock } from "../../conformance/clock.ts";
import { bindings, freshPrefix } from "../support/bindings.ts";
import { fate } from "../support/fragile.ts";
import { nothingInside, objectsOver } from "../support/objects.ts";

const { openObjects, objectOf, insideOf, rowsOf } = objectsOver(
  bindings.FRAGILE_OBJECTS,
  bindings.FRAGILE_CATALOG,
);
const store = openObjects();
const before = '{"n":0}';
const after = '{"n":1}';

/** "ok", or the code of the failure. */
const told = (operation: Promise<unknown>) =>
  operation.then(
    () => "ok",
    (error) => String(error.code ?? error),
  );

/** Lets the object finish what it had begun; what the catalog and the object then say is one thing. */
async function settledValue(key: string): Promise<string | null> {
  const value = await store.get(key);
  if (value === null) await runDurableObjectAlarm(objectOf(key));
  const live = value === null ? [] : [key];
  expect(await store.list(key)).toEqual(live);
  expect((await rowsOf(key)).map((row) => row.key)).toEqual(live);
  if (value === null) expect(await insideOf(key)).toEqual(nothingInside);
  return value;
}

/** Resolves when what follows a set that was acknowledged is over: it passes points, too. */
function quiet(key: string): Promise<void> {
  const pending = async () => (await rowsOf(key)).filter((row) => row.pending === 1);
  return expect.poll(pending, { interval: 5 }).toEqual([]);
}

type Case = {
  readonly name: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly perform: (store: ByteStore, key: string, version: string) => Promise<unknown>;
};

const cases: Case[] = [
  { name: "a first set", before: null, after, perform: (kv, key) => kv.set(key, after) },
  { name: "a set", before, after, perform: (kv, key) => kv.set(key, after) },
  {
    name: "one of two sets of a value at once",
    before,
    after,
    // The later one finds the value that the earlier one wrote, which may not be on the disk yet.
    perform: async (kv, key) => {
      const both = [kv.set(key, after), kv.set(key, after)];
      await Promise.allSettled(both);
      return Promise.any(both).catch(({ errors }: AggregateError) => Promise.reject(errors[0]));
    },
  },
  {
    name: "a set with an expiry",
    before,
    after,
    perform: (kv, key) => kv.set(key, after, { ttlSeconds: 1000 }),
  },
  { name: "a delete", before, after: null, perform: (kv, key) => kv.delete(key) },
  {
    name: "a first compareAndSet",
    before: null,
    after,
    perform: (kv, key) => kv.compareAndSet(key, null, after),
  },
  {
    name: "a compareAndSet",
    before,
    after,
    perform: (kv, key, version) => kv.compareAndSet(key, version, after),
  },
  {
    name: "a compareAndDelete",
    before,
    after: null,
    perform: (kv, key, version) => kv.compareAndDelete(key, version),
  },
  { name: "a patch", before, after, perform: (kv, key) => kv.patch(key, { n: 1 }) },
  {
    name: "a large set",
    before,
    after: "v".repeat(5e6),
    perform: (kv, key) => kv.set(key, "v".repeat(5e6)),
  },
];

test.each(cases)(
  "$name is carried out or not, whoever dies at whichever point of it",
  async (one) => {
    const deaths: string[] = [];
    for (let point = 1; ; point++) {
      const key = freshPrefix();
      let version = "";
      if (one.before !== null) ({ version } = await store.set(key, one.before));
      await quiet(key);
      fate.arm(point);
      const outcome = await told(one.perform(store, key, version));
      fate.disarm();
      const found = await settledValue(key);
      expect(["ok", "OUTCOME_UNKNOWN"]).toContain(outcome);
      if (outcome === "ok") expect(found === one.after).toBe(true);
      else expect(found === one.after || found === one.before).toBe(true);
      if (fate.deaths.length === 0) break;
      deaths.push(...fate.deaths);
      // The next operation works, on the same store.
      await store.set(key, "next");
      expect(await store.get(key)).toBe("next");
      await quiet(key);
    }
    // Is called, is about to answer, has written: the least that an object does.
    expect(deaths.length).toBeGreaterThanOrEqual(3);
  },
);

test.each(["get", "entry", "list", "getMany"] as const)(
  "a %s answers all the same, whoever dies",
  async (name) => {
    for (let point = 1; ; point++) {
      const key = freshPrefix();
      await store.set(key, before);
      await quiet(key);
      fate.arm(point);
      if (name === "get") expect(await store.get(key)).toBe(before);
      if (name === "entry") expect(await store.entry(key)).toMatchObject({ value: before });
      if (name === "list") expect(await store.list(key)).toEqual([key]);
      if (name === "getMany") expect(await store.getMany([key, key])).toEqual([before, before]);
      fate.disarm();
      if (fate.deaths.length === 0) break;
      expect(point).toBeLessThan(30);
    }
  },
);

test("an alarm that is cut off at any point is finished by the next one", async () => {
  const prefix = freshPrefix();
  // So late that the platform's own alarm does not come between.
  const expiresAt = Math.floor(Date.now() / 1000) + 100_000;
  const keys = Array.from({ length: 9 }, (_, i) => `${prefix}${i}`);
  const outcomes = await store.setMany(keys.map((key) => ({ key, value: before, expiresAt })));
  expect(outcomes.every(({ ok }) => ok)).toBe(true);
  let died = 0;
  await withFrozenClock(async (clock) => {
    await clock.advance(100_001);
    for (const [i, key] of keys.entries()) {
      fate.arm(i + 1);
      await runDurableObjectAlarm(objectOf(key)).catch(() => {});
      fate.disarm();
      died += fate.deaths.length;
      expect(await settledValue(key)).toBeNull();
    }
  });
  expect(died).toBeGreaterThanOrEqual(4);
});

describe.each([5, 11, 17])("while somebody dies every %i points, many callers", (every) => {
  test("of keys of their own lose nothing that was acknowledged", async () => {
    const prefix = freshPrefix();
    const possible = new Map<string, Set<string | null>>();
    fate.arm(every, true);
    await Promise.all(
      Array.from({ length: 5 }, async (_, caller) => {
        const key = `${prefix}${caller}`;
        let values = new Set<string | null>([null]);
        for (let i = 0; i < 8; i++) {
          const value = (i + caller) % 3 === 2 ? null : `${i}`;
          const outcome = await told(value === null ? store.delete(key) : store.set(key, value));
          expect(["ok", "OUTCOME_UNKNOWN", "UNAVAILABLE"]).toContain(outcome);
          values = outcome === "ok" ? new Set([value]) : values.add(value);
        }
        possible.set(key, values);
      }),
    );
    fate.disarm();
    expect(fate.deaths.length).toBeGreaterThan(3);
    for (const [key, values] of possible) expect(values).toContain(await settledValue(key));
  });
});
