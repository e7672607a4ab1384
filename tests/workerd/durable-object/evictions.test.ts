// Objects that the platform aborts or evicts between operations, or amid them.
import {
  abortAllDurableObjects,
  evictAllDurableObjects,
  evictDurableObject,
} from "cloudflare:test";
import { describe, expect, test } from "vitest";
import type { RemoteAnswer } from "../../../bindings/boundary/remote-message.ts";
import type { RemoteNamespace } from "../../../bindings/contract/platform.ts";
import type { ObjectRpc } from "../../../bindings/stores/durable-object/durable-object-host.ts";
import { durableObjectKvStore } from "../../../bindings/stores/durable-object/durable-object-store.ts";
import { bindings, freshPrefix, sleep } from "../support/bindings.ts";
import { insideOf, nothingInside, objectOf, openObjects } from "../support/objects.ts";

const store = openObjects();

describe.each([
  ["aborted", () => abortAllDurableObjects()],
  ["evicted", () => evictAllDurableObjects()],
])("when all objects are %s", (_, interrupt) => {
  test("the next operation of the same store works, whichever it is", async () => {
    const key = freshPrefix();
    const { version } = await store.set(key, "1");
    await interrupt();
    expect(await store.get(key)).toBe("1");
    await interrupt();
    expect(await store.list(key)).toEqual([key]);
    await interrupt();
    await store.compareAndSet(key, version, "2");
    await interrupt();
    expect(await store.getMany([key])).toEqual(["2"]);
    await interrupt();
    await store.delete(key);
    await interrupt();
    expect(await store.get(key)).toBeNull();
    expect(await insideOf(key)).toEqual(nothingInside);
  });

  test.each([0, 2, 10])(
    "%i ms after sets began, those acknowledged are there and are listed",
    async (afterMs) => {
      const prefix = freshPrefix();
      const keys = Array.from({ length: 6 }, (_, i) => `${prefix}${i}`);
      const sets = keys.map((key) =>
        store.set(key, key).then(
          () => "ok",
          (error) => error.code,
        ),
      );
      await sleep(afterMs);
      await interrupt();
      const outcomes = await Promise.all(sets);
      const values = await store.getMany(keys);
      const acknowledged = keys.filter((_, i) => outcomes[i] === "ok");
      for (const key of acknowledged) expect(values).toContain(key);
      expect(await store.list(prefix)).toEqual(keys.filter((_, i) => values[i] !== null));
    },
  );
});

test("an object that was evicted forgets nothing that was acknowledged", async () => {
  const key = freshPrefix();
  await store.set(key, "value", { ttlSeconds: 1000 });
  const before = await insideOf(key);
  await evictDurableObject(objectOf(key));
  expect(await insideOf(key)).toEqual(before);
  expect(await store.get(key)).toBe("value");
  await store.delete(key);
  expect(await insideOf(key)).toEqual(nothingInside);
});

test("each attempt calls a stub of its own", async () => {
  const stubs: unknown[] = [];
  let failures = 2;
  const fresh = (inner: RemoteNamespace): RemoteNamespace => ({
    idFromName: (name) => inner.idFromName(name),
    get(id) {
      const stub = {
        async kvista(...call: Parameters<ObjectRpc["kvista"]>): Promise<RemoteAnswer> {
          if (failures-- > 0) throw Object.assign(new Error("broken stub"), { retryable: true });
          return (inner.get(id) as ObjectRpc).kvista(...call);
        },
      };
      stubs.push(stub);
      return stub;
    },
  });
  const namespace = fresh(bindings.KVISTA_OBJECTS);
  const own = durableObjectKvStore({ namespace, catalog: bindings.KVISTA_CATALOG });
  expect(await own.get(freshPrefix())).toBeNull();
  expect(new Set(stubs).size).toBe(3);
});
