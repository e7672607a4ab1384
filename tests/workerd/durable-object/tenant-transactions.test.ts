// The store amid the transactions of the class that owns the object. An operation is over within its
// call, before its promise is awaited: this is what these tests document.
import { runInDurableObject } from "cloudflare:test";
import { describe, expect, test } from "vitest";
import { durableObjectKvStore } from "../../../bindings/stores/durable-object/durable-object-store.ts";
import { bindings, freshPrefix } from "../support/bindings.ts";
import type { Tenant } from "../support/tenant.ts";

function inTenant<T>(
  run: (tenant: Tenant, state: DurableObjectState) => T | Promise<T>,
): Promise<T> {
  return runInDurableObject(bindings.TENANTS.getByName(freshPrefix()), run);
}

describe("within transactionSync", () => {
  test("a set is part of the class's transaction", async () => {
    await inTenant(async ({ store }, { storage }) => {
      let set: Promise<unknown> | undefined;
      storage.transactionSync(() => {
        set = store.set("key", "value");
        storage.kv.put("own", 1);
      });
      await set;
      expect(await store.get("key")).toBe("value");
      expect(storage.kv.get("own")).toBe(1);
    });
  });

  test("a set is undone with the class's transaction, though its promise resolves", async () => {
    await inTenant(async ({ store }, { storage }) => {
      await store.set("key", "before");
      let set: Promise<unknown> | undefined;
      const undone = () =>
        storage.transactionSync(() => {
          set = store.set("key", "v".repeat(5e6));
          throw new Error("undone");
        });
      expect(undone).toThrow("undone");
      await set;
      expect(await store.get("key")).toBe("before");
    });
  });

  test("a rollback that takes the store's table with it does not break the store", async () => {
    await inTenant(async ({ store }, { storage }) => {
      const undone = () =>
        storage.transactionSync(() => {
          void store.set("key", "value");
          throw new Error("undone");
        });
      expect(undone).toThrow("undone");
      expect(await store.get("key")).toBeNull();
      await store.set("key", "value");
      expect(await store.get("key")).toBe("value");
    });
  });
});

test("a set and a write of the class's own, with no await between, are lost together when the object dies", async () => {
  const name = freshPrefix();
  // A stub stays broken after its object has died.
  const stub = () => bindings.TENANTS.getByName(name);
  await runInDurableObject(stub(), ({ store }: Tenant) => store.set("key", "before"));
  await runInDurableObject(stub(), ({ store }: Tenant, state) => {
    void store.set("key", "v".repeat(5e6));
    state.storage.kv.put("own", 1);
    state.abort("tested");
  }).catch(() => {});
  await runInDurableObject(stub(), async ({ store }: Tenant, { storage }) => {
    expect(await store.get("key")).toBe("before");
    expect(storage.kv.get("own")).toBeUndefined();
  });
});

describe("after the class has emptied its storage", () => {
  test.each([
    ["get", (tenant: Tenant) => tenant.store.get("key")],
    ["set", (tenant: Tenant) => tenant.store.set("key", "value")],
    ["delete", (tenant: Tenant) => tenant.store.delete("key")],
    ["list", (tenant: Tenant) => tenant.store.list()],
    ["page", (tenant: Tenant) => tenant.store.page()],
    ["getMany", (tenant: Tenant) => tenant.store.getMany(["key"])],
    ["compareAndSet", (tenant: Tenant) => tenant.store.compareAndSet("key", null, "value")],
    ["alarm", (tenant: Tenant) => tenant.store.alarm()],
  ])("%s works as in a new one", async (_, operate) => {
    await inTenant(async (tenant, { storage }) => {
      await tenant.store.set("other", "value");
      await storage.deleteAll();
      await operate(tenant);
      expect(await tenant.store.get("other")).toBeNull();
      await tenant.store.set("other", "value");
      expect(await tenant.store.list("other")).toEqual(["other"]);
    });
  });

  test.each(["setMany", "deleteMany"] as const)("%s tells success of each key", async (name) => {
    await inTenant(async ({ store }, { storage }) => {
      await store.set("other", "value");
      await storage.deleteAll();
      const entries = ["a", "b"].map((key) => ({ key, value: key }));
      const keys = entries.map(({ key }) => key);
      const outcomes = name === "setMany" ? store.setMany(entries) : store.deleteMany(keys);
      expect((await outcomes).map(({ ok }) => ok)).toEqual([true, true]);
      expect(await store.list()).toEqual(name === "setMany" ? keys : []);
    });
  });
});

test("two stores of one object with namespaces of their own do not see each other", async () => {
  await inTenant(async (_, { storage }) => {
    const a = durableObjectKvStore({ storage, keyNamespace: "a/" });
    const b = durableObjectKvStore({ storage, keyNamespace: "b/" });
    await a.set("key", "of a");
    await b.set("key", "of b");
    expect([await a.get("key"), await b.get("key")]).toEqual(["of a", "of b"]);
    await a.delete("key");
    expect([await a.list(), await b.list()]).toEqual([[], ["key"]]);
  });
});

test("many operations at once on one object lose no increment", async () => {
  await inTenant(async ({ store }) => {
    await store.set("n", "0");
    const increment = async () => {
      for (;;) {
        const entry = await store.entry("n");
        const next = String(Number(entry?.value) + 1);
        const done = await store.compareAndSet("n", entry?.version as string, next).then(
          () => true,
          () => false,
        );
        if (done) return;
      }
    };
    await Promise.all(Array.from({ length: 100 }, increment));
    expect(await store.get("n")).toBe("100");
  });
});
