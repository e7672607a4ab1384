// The catalog, sentence by sentence, against real objects and shards.
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { describe, expect, test } from "vitest";
import { freshPrefix } from "../support/bindings.ts";
import {
  addRow,
  askShard,
  insideOf,
  nothingInside,
  objectOf,
  openObjects,
  remoteOp,
  rowsOf,
  shardNamed,
} from "../support/objects.ts";

const store = openObjects();
const onlyRow = async (key: string) => {
  const rows = await rowsOf(key);
  expect(rows).toHaveLength(1);
  return rows[0] as (typeof rows)[0];
};

/** Makes the shards of the catalog refuse to remove a row, for as long as `during` runs. */
async function withRowsKept(key: string, during: () => Promise<void>): Promise<void> {
  const { shard } = await onlyRow(key);
  const run = (statement: string) =>
    runInDurableObject(shardNamed(shard), (_, { storage }) => void storage.sql.exec(statement));
  await run(
    "CREATE TRIGGER kept BEFORE DELETE ON kvista_keys BEGIN SELECT RAISE(ABORT, 'kept'); END",
  );
  await during();
  await run("DROP TRIGGER kept");
}

describe("the row before the value", () => {
  test("a value whose row cannot be written is not written", async () => {
    const key = freshPrefix();
    await store.set(key, "makes the shard's table");
    const { shard } = await onlyRow(key);
    await store.delete(key);
    await runInDurableObject(shardNamed(shard), (_, { storage }) => {
      storage.sql.exec(
        "CREATE TRIGGER full BEFORE INSERT ON kvista_keys BEGIN SELECT RAISE(ABORT, 'full'); END",
      );
    });
    const failed = await store.set(key, "value", { deadlineMs: 400 }).catch((error) => error);
    expect(failed).toMatchObject({ name: "KvError" });
    expect(await store.get(key)).toBeNull();
    expect(await insideOf(key)).toEqual(nothingInside);
    await runInDurableObject(shardNamed(shard), (_, { storage }) => {
      storage.sql.exec("DROP TRIGGER full");
    });
    await store.set(key, "value");
    expect(await store.list(key)).toEqual([key]);
  });

  test("a key that exists is in the catalog before anybody is told that it was set", async () => {
    const prefix = freshPrefix();
    const seen = await Promise.all(
      Array.from({ length: 10 }, async (_, i) => {
        await store.set(`${prefix}${i}`, "v");
        return (await store.list(prefix)).includes(`${prefix}${i}`);
      }),
    );
    expect(seen).toEqual(Array(10).fill(true));
  });
});

describe("the value's removal before the row's", () => {
  test("a row whose removal fails outlives its value until the alarm takes it up again", async () => {
    const key = freshPrefix();
    await store.set(key, "value");
    await withRowsKept(key, async () => {
      const failed = await store.delete(key, { deadlineMs: 500 }).catch((error) => error);
      expect(failed).toMatchObject({ code: "OUTCOME_UNKNOWN" });
      // It may go on when its caller is told.
      await expect.poll(() => store.get(key)).toBeNull();
      expect(await rowsOf(key)).toHaveLength(1);
      await expect.poll(async () => (await insideOf(key)).alarm).not.toBeNull();
    });
    // Nobody was told that the key is deleted, and the row of a removed value is still certain.
    expect(await store.list(key)).toEqual([key]);
    await runDurableObjectAlarm(objectOf(key));
    expect(await insideOf(key)).toEqual(nothingInside);
    expect(await store.list(key)).toEqual([]);
    expect(await rowsOf(key)).toEqual([]);
  });

  test("a delete that is tried again finishes the removal", async () => {
    const key = freshPrefix();
    await store.set(key, "value");
    await withRowsKept(key, async () => {
      await store.delete(key, { deadlineMs: 300 }).catch(() => {});
    });
    await store.delete(key);
    expect(await insideOf(key)).toEqual(nothingInside);
    expect(await store.list(key)).toEqual([]);
  });

  test("a set after an unfinished removal makes a row of its own", async () => {
    const key = freshPrefix();
    await store.set(key, "old");
    const { generation } = await onlyRow(key);
    await withRowsKept(key, async () => {
      await store.delete(key, { deadlineMs: 300 }).catch(() => {});
      await store.set(key, "new");
    });
    expect(await store.get(key)).toBe("new");
    expect(await store.list(key)).toEqual([key]);
    expect((await onlyRow(key)).generation).toBeGreaterThan(generation);
    await runDurableObjectAlarm(objectOf(key));
    expect(await store.get(key)).toBe("new");
    expect(await store.list(key)).toEqual([key]);
  });
});

describe("a late removal", () => {
  test("never deletes a newer row", async () => {
    const key = freshPrefix();
    await store.set(key, "old");
    const { shard, generation: old } = await onlyRow(key);
    await store.delete(key);
    const late = () => askShard(shard, { op: remoteOp.catalogRemove, key, number: old });
    await Promise.all([late(), store.set(key, "new"), late()]);
    const { number } = await late();
    const { generation } = await onlyRow(key);
    expect(number).toBe(generation);
    expect(generation).toBeGreaterThan(old);
    expect(await store.list(key)).toEqual([key]);
    expect(await store.get(key)).toBe("new");
  });

  test("against concurrent sets and deletes never hides an acknowledged key", async () => {
    const key = freshPrefix();
    await store.set(key, "0");
    const { shard, generation: oldest } = await onlyRow(key);
    let stop = false;
    const late = (async () => {
      for (let number = oldest; !stop; number = oldest + (number % 3)) {
        await askShard(shard, { op: remoteOp.catalogRemove, key, number: oldest });
      }
    })();
    for (let i = 1; i <= 10; i++) {
      await store.delete(key);
      await store.set(key, String(i));
      expect(await store.list(key)).toEqual([key]);
    }
    stop = true;
    await late;
  });

  test("of a row that is not there does nothing", async () => {
    const key = freshPrefix();
    const gone = await askShard(0, { op: remoteOp.catalogRemove, key, number: 1 });
    expect(gone.number).toBe(0);
  });
});

describe("a pending row is confirmed with its object before it is listed", () => {
  test("without a value it is not listed, and it is gone", async () => {
    const key = freshPrefix();
    await addRow(0, key);
    expect((await onlyRow(key)).pending).toBe(1);
    expect(await store.list(key)).toEqual([]);
    expect(await rowsOf(key)).toEqual([]);
    expect(await insideOf(key)).toEqual(nothingInside);
  });

  test("with a value it is listed, and it is certain from then on", async () => {
    const key = freshPrefix();
    await store.set(key, "value");
    const { shard, generation } = await onlyRow(key);
    const newer = await addRow(shard, key);
    expect(newer).toBeGreaterThan(generation);
    expect(await store.list(key)).toEqual([key]);
    expect(await onlyRow(key)).toMatchObject({ pending: 0, generation: newer });
    await store.delete(key);
    expect(await rowsOf(key)).toEqual([]);
  });

  test("that comes late, after the key's delete, does not bring the key back", async () => {
    const key = freshPrefix();
    await store.set(key, "value");
    const { shard } = await onlyRow(key);
    await store.delete(key);
    await addRow(shard, key);
    expect(await store.list(key)).toEqual([]);
    expect(await store.page({ prefix: key })).toEqual({ keys: [], cursor: null });
    expect(await rowsOf(key)).toEqual([]);
  });

  test("of a set that is acknowledged becomes certain without a listing", async () => {
    const key = freshPrefix();
    await store.set(key, "value");
    await expect.poll(async () => (await onlyRow(key)).pending).toBe(0);
  });

  test("among many certain ones leaves the order and the pages as they are", async () => {
    const prefix = freshPrefix();
    const names = ["a", "b", "c", "d", "e"].map((name) => prefix + name);
    for (const key of names) await store.set(key, "v");
    for (const name of ["a0", "c0", "e0"]) await addRow(0, prefix + name);
    const pages: string[][] = [];
    let cursor: string | null = null;
    do {
      const at: { cursor?: string } = cursor === null ? {} : { cursor };
      const page = await store.page({ prefix, limit: 2, ...at });
      pages.push(page.keys);
      cursor = page.cursor;
    } while (cursor !== null);
    expect(pages.flat()).toEqual(names);
    expect(pages.every((keys) => keys.length <= 2)).toBe(true);
  });
});
