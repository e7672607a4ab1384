// Many callers at once, on keys of their own and on one key.
import { expect, test } from "vitest";
import { codeOf, freshPrefix } from "../support/bindings.ts";
import { openObjects, rowsOf } from "../support/objects.ts";

const store = openObjects();

test("300 concurrent sets of distinct keys are all there, and all listed", async () => {
  const prefix = freshPrefix();
  const keys = Array.from({ length: 300 }, (_, i) => prefix + String(i).padStart(3, "0"));
  const sets = await Promise.all(keys.map((key) => codeOf(store.set(key, key))));
  expect(new Set(sets)).toEqual(new Set(["ok"]));
  expect(await store.list(prefix)).toEqual(keys);
  expect(await store.getMany(keys)).toEqual(keys);
  expect((await rowsOf(prefix)).map(({ key }) => key)).toEqual(keys);
});

test("100 concurrent increments by compareAndSet lose none", async () => {
  const key = freshPrefix();
  await store.set(key, "0");
  let mismatches = 0;
  const increment = async () => {
    for (let done = 0; done < 5; ) {
      const entry = await store.entry(key);
      const next = String(Number(entry?.value) + 1);
      const outcome = await codeOf(store.compareAndSet(key, entry?.version as string, next));
      expect(["ok", "VERSION_MISMATCH"]).toContain(outcome);
      if (outcome === "ok") done += 1;
      else mismatches += 1;
    }
  };
  await Promise.all(Array.from({ length: 20 }, increment));
  expect(await store.get(key)).toBe("100");
  expect(mismatches).toBeGreaterThan(0);
});

test("100 concurrent patches of one record lose none", async () => {
  const key = freshPrefix();
  await store.set(key, "{}");
  const names = Array.from({ length: 100 }, (_, i) => `part${i}`);
  await Promise.all(names.map((name) => store.patch(key, { [name]: 1 })));
  expect(Object.keys(JSON.parse((await store.get(key)) as string)).sort()).toEqual(names.sort());
});

test("of many who create a key at once, one succeeds", async () => {
  const key = freshPrefix();
  const tries = Array.from({ length: 20 }, (_, i) =>
    codeOf(store.compareAndSet(key, null, `${i}`)),
  );
  const outcomes = await Promise.all(tries);
  expect(outcomes.filter((outcome) => outcome === "ok")).toHaveLength(1);
  expect(new Set(outcomes)).toEqual(new Set(["ok", "VERSION_MISMATCH"]));
  expect(await store.get(key)).toBe(String(outcomes.indexOf("ok")));
});

type Event = { readonly startMs: number; readonly endMs: number; readonly value: string | null };

test("concurrent sets, deletes and gets of one key are linearizable, and the list agrees with the end", async () => {
  const key = freshPrefix();
  const writes: Event[] = [{ startMs: -2, endMs: -1, value: null }];
  const reads: Event[] = [];
  let clock = 0;
  const timed = async (into: Event[], operate: () => Promise<string | null>) => {
    const startMs = clock++;
    const value = await operate();
    into.push({ startMs, endMs: clock++, value });
  };
  const caller = async (_: unknown, id: number) => {
    for (let i = 0; i < 8; i++) {
      if (i % 3 === id % 3) await timed(reads, () => store.get(key));
      else if (i % 4 === 0) await timed(writes, () => store.delete(key).then(() => null));
      else await timed(writes, () => store.set(key, `${id}-${i}`).then(() => `${id}-${i}`));
    }
  };
  await Promise.all(Array.from({ length: 8 }, caller));
  await timed(reads, () => store.get(key));
  // A read sees a write that did not begin after it and that no other write followed before it.
  const mayBeSeen = (write: Event, read: Event) =>
    write.startMs < read.endMs &&
    !writes.some((other) => other.startMs > write.endMs && other.endMs < read.startMs);
  for (const read of reads) {
    const seen = writes.filter((write) => write.value === read.value && mayBeSeen(write, read));
    expect(seen.length, `a read of ${read.value}`).toBeGreaterThan(0);
  }
  const last = await store.get(key);
  expect(await store.list(key)).toEqual(last === null ? [] : [key]);
  expect(await rowsOf(key)).toHaveLength(last === null ? 0 : 1);
});

test("sets and deletes of one key while others list never hide a key that stays", async () => {
  const prefix = freshPrefix();
  const staying = [`${prefix}a`, `${prefix}z`];
  for (const key of staying) await store.set(key, "v");
  let isOver = false;
  const lists = (async () => {
    while (!isOver) {
      const seen = await store.list(prefix);
      expect(seen.filter((key) => staying.includes(key))).toEqual(staying);
    }
  })();
  for (let i = 0; i < 8; i++) {
    await store.set(`${prefix}m${i % 2}`, "v");
    await store.delete(`${prefix}m${i % 2}`);
  }
  isOver = true;
  await lists;
  expect(await store.list(prefix)).toEqual(staying);
});
