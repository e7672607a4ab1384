// The store inside somebody's own object, which has rows, stored values and an alarm of its own.
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { describe, expect, test } from "vitest";
import { durableObjectKvStore } from "../../../bindings/stores/durable-object/durable-object-store.ts";
import { type Clock, withFrozenClock } from "../../conformance/clock.ts";
import { bindings, freshPrefix, rejectionOf } from "../support/bindings.ts";
import type { LegacyTenant, Tenant } from "../support/tenant.ts";

const alarmAtMs = Math.floor(Date.now() / 1000) * 1000 + 3_600_000;

/** Runs in a new object of the class, which has made itself at home before. */
function inTenant<T>(
  run: (tenant: Tenant, state: DurableObjectState) => T | Promise<T>,
  name = freshPrefix(),
): Promise<T> {
  return runInDurableObject(bindings.TENANTS.getByName(name), run);
}

/** The same with a clock that `run` sets. */
function inTenantWithClock<T>(
  run: (tenant: Tenant, state: DurableObjectState, clock: Clock) => Promise<T>,
): Promise<void> {
  return withFrozenClock(async (clock) => {
    await inTenant((tenant, state) => run(tenant, state, clock));
  });
}

/** Keeps what is the class's own: a table, two kinds of stored values, and an alarm. */
async function moveIn({ storage }: DurableObjectState): Promise<void> {
  storage.sql.exec("CREATE TABLE IF NOT EXISTS own (id INTEGER PRIMARY KEY, name TEXT)");
  storage.sql.exec("INSERT INTO own VALUES (1, 'row')");
  storage.kv.put("own-sync", { kept: true });
  await storage.put("own-async", [1, 2, 3]);
  await storage.setAlarm(alarmAtMs);
}

async function expectUntouched({ storage }: DurableObjectState): Promise<void> {
  expect(storage.sql.exec("SELECT * FROM own").toArray()).toEqual([{ id: 1, name: "row" }]);
  expect(storage.kv.get("own-sync")).toEqual({ kept: true });
  expect(await storage.get("own-async")).toEqual([1, 2, 3]);
  expect(await storage.getAlarm()).toBe(alarmAtMs);
}

const rowCount = ({ storage }: DurableObjectState) =>
  storage.sql.exec<{ count: number }>("SELECT count(*) AS count FROM kvista").one().count;

/** Every operation of the contract, once. */
async function useAll({ store }: Tenant): Promise<void> {
  const { version } = await store.set("a", '{"n":1}');
  await store.compareAndSet("a", version, '{"n":2}');
  await store.patch("a", { n: 3 });
  await store.set("b", "v", { ttlSeconds: 1000 });
  await store.setMany([{ key: "c", value: "v" }]);
  await store.set("large", "v".repeat(5e6));
  expect(await store.get("a")).toBe('{"n":3}');
  expect(await store.getMany(["c", "none"])).toEqual(["v", null]);
  expect(await store.list()).toEqual(["a", "b", "c", "large"]);
  expect((await store.page({ limit: 1 })).keys).toEqual(["a"]);
  await store.delete("large");
  await store.deleteMany(["a", "b", "c"]);
  await store.diagnose();
  await store.alarm();
  expect(await store.list()).toEqual([]);
}

describe("what is the class's own", () => {
  test("is untouched by every operation", async () => {
    await inTenant(async (tenant, state) => {
      await moveIn(state);
      await useAll(tenant);
      await expectUntouched(state);
      expect(rowCount(state)).toBe(0);
      const names = state.storage.sql
        .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE name NOT LIKE '_cf%'")
        .toArray()
        .map(({ name }) => name);
      expect(names.sort()).toEqual(["kvista", "kvista_expiry", "kvista_parts", "own"]);
    });
  });

  test("is out of reach: the store asks for SQL on its own table, and for nothing else", async () => {
    await inTenant(async (_, { storage }) => {
      const statements: string[] = [];
      const only = {
        sql: {
          exec(statement: string, ...parameters: SqlStorageValue[]) {
            statements.push(statement);
            return storage.sql.exec(statement, ...parameters);
          },
        },
        transactionSync: <T>(run: () => T) => storage.transactionSync(run),
      } as unknown as DurableObjectStorage;
      await useAll({ store: durableObjectKvStore({ storage: only }) } as Tenant);
      expect(statements.length).toBeGreaterThan(10);
      for (const statement of statements) {
        expect(statement).toMatch(/\bkvista\b/);
        expect(statement).not.toMatch(/\bDROP\b|\bALTER\b|sqlite_master|\bown\b/i);
      }
    });
  });

  test("is there beside the store's values after an eviction", async () => {
    const name = freshPrefix();
    await inTenant(async ({ store }, state) => {
      await moveIn(state);
      await store.set("key", "value");
    }, name);
    await evictDurableObject(bindings.TENANTS.getByName(name));
    await inTenant(async ({ store }, state) => {
      await expectUntouched(state);
      expect(await store.get("key")).toBe("value");
    }, name);
  });
});

describe("expiry", () => {
  test("removes what has expired with store.alarm(), which tells the next expiry", async () => {
    await inTenantWithClock(async ({ store }, state, clock) => {
      await moveIn(state);
      expect(await store.alarm()).toBeNull();
      const now = Math.floor(Date.now() / 1000);
      await store.set("lasting", "v");
      await store.set("soon", "v", { expiresAt: now + 1 });
      await store.set("soon-and-large", "v".repeat(5e6), { expiresAt: now + 1 });
      await store.set("later", "v", { expiresAt: now + 1000 });
      await clock.advance(1);
      expect(await store.alarm()).toBe((now + 1000) * 1000);
      expect(rowCount(state)).toBe(2);
      expect(await store.list()).toEqual(["lasting", "later"]);
      await store.delete("later");
      expect(await store.alarm()).toBeNull();
      await expectUntouched(state);
    });
  });

  test("without store.alarm() removes it when it is read or written", async () => {
    await inTenantWithClock(async ({ store }, state, clock) => {
      const { expiresAt } = await store.set("read", "v", { ttlSeconds: 1 });
      await store.set("large", "v".repeat(5e6), { expiresAt: expiresAt as number });
      await store.set("created", "v", { expiresAt: expiresAt as number });
      await clock.advance(2);
      expect(await store.list()).toEqual([]);
      expect(await store.get("read")).toBeNull();
      expect(await store.entry("large")).toBeNull();
      expect(rowCount(state)).toBe(1);
      await store.compareAndSet("created", null, "anew");
      expect(await store.entry("created")).toMatchObject({ value: "anew", expiresAt: null });
    });
  });

  test("is served by the class's own alarm handler, which sets the alarm itself", async () => {
    const name = freshPrefix();
    const stub = bindings.TENANTS.getByName(name);
    const later = Math.floor(Date.now() / 1000) + 100_000;
    await inTenant(async ({ store }, state) => {
      await store.set("soon", "v", { ttlSeconds: 10 });
      await store.set("later", "v", { expiresAt: later });
      await state.storage.setAlarm(alarmAtMs);
    }, name);
    await withFrozenClock(async (clock) => {
      await clock.advance(11);
      expect(await runDurableObjectAlarm(stub)).toBe(true);
    });
    await inTenant(async ({ alarms }, state) => {
      expect(alarms).toBe(1);
      expect(rowCount(state)).toBe(1);
      expect(await state.storage.getAlarm()).toBe(later * 1000);
    }, name);
  });
});

test("a value of 25 MiB with a euro sign lies in rows, and leaves none behind when it shrinks", async () => {
  await inTenant(async ({ store }, state) => {
    const value = `${"v".repeat(25 * 2 ** 20 - 3)}€`;
    await store.set("key", value);
    expect((await store.get("key")) === value).toBe(true);
    const sizes = state.storage.sql.exec<{ most: number }>(
      "SELECT max(length(value) + length(key)) AS most FROM kvista",
    );
    expect(sizes.one().most).toBeLessThan(2_000_000);
    expect(rowCount(state)).toBe(14);
    await store.set("key", "v".repeat(3e6));
    expect(rowCount(state)).toBe(2);
    await store.set("key", "v");
    expect(rowCount(state)).toBe(1);
    expect(await store.get("key")).toBe("v");
  });
});

test("a class without SQLite storage gets an error that says what to configure", async () => {
  const stub = bindings.LEGACY_TENANTS.getByName("legacy");
  await runInDurableObject(stub, async ({ store }: LegacyTenant) => {
    const expected = { code: "UNAVAILABLE", hint: expect.stringContaining("new_sqlite_classes") };
    expect(await rejectionOf(store.get("key"))).toMatchObject(expected);
    expect(await rejectionOf(store.set("key", "value"))).toMatchObject(expected);
    expect(await rejectionOf(store.list())).toMatchObject(expected);
    expect(await rejectionOf(store.alarm())).toMatchObject(expected);
  });
});

test("a storage that is missing is told with the same hint", async () => {
  const storage = undefined as unknown as DurableObjectStorage;
  const store = durableObjectKvStore({ storage });
  const expected = { name: "KvError", hint: expect.stringContaining("{ storage }") };
  expect(await rejectionOf(store.get("key"))).toMatchObject(expected);
});
