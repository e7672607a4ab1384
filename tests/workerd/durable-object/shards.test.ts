// The count of the catalog's shards is part of stored state: a configuration may change it.
import { expect, test } from "vitest";
import { freshPrefix, rejectionOf } from "../support/bindings.ts";
import { openObjects, rowsOf } from "../support/objects.ts";

const names = (prefix: string, from: string) =>
  Array.from({ length: 24 }, (_, i) => `${prefix}${from}${String(i).padStart(2, "0")}`);
const setAll = (store: ReturnType<typeof openObjects>, keys: string[]) =>
  store.setMany(keys.map((key) => ({ key, value: key })));

async function shardsOf(prefix: string): Promise<number[]> {
  return [...new Set((await rowsOf(prefix)).map(({ shard }) => shard))].sort((a, b) => a - b);
}

test("changing the shard count from 4 to 8 to 2 loses no key", async () => {
  const prefix = freshPrefix();
  const four = openObjects({ catalogShards: 4 });
  const eight = openObjects({ catalogShards: 8 });
  const two = openObjects({ catalogShards: 2 });
  const written: string[] = [];
  for (const [store, from, used] of [
    [four, "first-", 4],
    [eight, "second-", 8],
    [two, "third-", 8],
  ] as const) {
    await setAll(store, names(prefix, from));
    written.push(...names(prefix, from));
    expect(await shardsOf(prefix)).toEqual(Array.from({ length: used }, (_, i) => i));
    for (const reader of [four, eight, two]) expect(await reader.list(prefix)).toEqual(written);
  }
  const thirds = (await rowsOf(`${prefix}third-`)).map(({ shard }) => shard);
  expect(Math.max(...thirds)).toBe(1);

  // A key stays in the shard that it was first listed in, and is deleted there.
  const before = await rowsOf(prefix);
  await setAll(two, names(prefix, "second-"));
  expect((await rowsOf(prefix)).map(({ shard }) => shard)).toEqual(
    before.map(({ shard }) => shard),
  );
  await two.deleteMany(names(prefix, "second-"));
  expect(await eight.list(prefix)).toEqual([
    ...names(prefix, "first-"),
    ...names(prefix, "third-"),
  ]);
  expect(await rowsOf(`${prefix}second-`)).toEqual([]);
});

test("pages under another shard count go on from the same cursor", async () => {
  const prefix = freshPrefix();
  const eight = openObjects({ catalogShards: 8 });
  const keys = names(prefix, "");
  await setAll(eight, keys);
  const seen: string[] = [];
  let cursor: string | null = null;
  for (let shards = 1; ; shards = (shards % 8) + 1) {
    const reader = openObjects({ catalogShards: shards });
    const at: { cursor?: string } = cursor === null ? {} : { cursor };
    const page = await reader.page({ prefix, limit: 5, ...at });
    expect(page.keys.length).toBeLessThanOrEqual(5);
    seen.push(...page.keys);
    cursor = page.cursor;
    if (cursor === null) break;
  }
  expect(seen).toEqual(keys);
});

test("a shard count outside 1 to 64 is INVALID_ARGUMENT", async () => {
  for (const catalogShards of [0, 65, 1.5, -1]) {
    const opened = Promise.try(() => openObjects({ catalogShards }));
    expect(await rejectionOf(opened)).toMatchObject({ code: "INVALID_ARGUMENT" });
  }
});
