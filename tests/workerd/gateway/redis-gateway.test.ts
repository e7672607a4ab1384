// The Worker's side of the Redis gateway when its object fails it: dies amid an operation, or has too
// much to do. What Redis itself does is in tests/node/gateway.
import { abortAllDurableObjects } from "cloudflare:test";
import { describe, expect, test } from "vitest";
import type { KvStore } from "../../../bindings/contract/contract.ts";
import { KvError } from "../../../bindings/contract/errors.ts";
import type { GatewayNamespace } from "../../../bindings/gateway/gateway-stubs.ts";
import { redisGatewayKvStore } from "../../../bindings/gateway/redis-gateway-store.ts";
import { patient } from "../../patience.ts";
import { bindings, codeOf, rejectionOf } from "../support/bindings.ts";
import { asks } from "../support/mute-gateway.ts";

const gateway = bindings.MUTE_GATEWAYS as unknown as GatewayNamespace;

describe("an object that dies amid an operation", () => {
  const writes: { readonly [name: string]: (store: KvStore) => Promise<unknown> } = {
    set: (store) => store.set("k", "v"),
    delete: (store) => store.delete("k"),
    compareAndSet: (store) => store.compareAndSet("k", null, "v"),
    patch: (store) => store.patch("k", {}),
    setMany: (store) => store.setMany([{ key: "k", value: "v" }]),
    deleteMany: (store) => store.deleteMany(["k"]),
  };

  test.each(Object.keys(writes))("leaves a %s unknown", async (name) => {
    const asked = asks.count;
    const failure = rejectionOf(writes[name]?.(storeOver(name)) ?? Promise.resolve());
    await expect.poll(() => asks.count).toBeGreaterThan(asked);
    await abortAllDurableObjects();
    const told = { code: "OUTCOME_UNKNOWN", store: "redis", operation: name, retryable: false };
    expect(await failure).toBeInstanceOf(KvError);
    expect(await failure).toMatchObject(told);
  });

  test("has a read done by the object that takes its place", async () => {
    const asked = asks.count;
    const reading = storeOver("get").get("k");
    await expect.poll(() => asks.count).toBeGreaterThan(asked);
    await abortAllDurableObjects();
    expect(await reading).toBe("answer 2");
  });

  // Each has an object of its own.
  function storeOver(name: string): KvStore {
    const namespace: GatewayNamespace = {
      idFromName: (shard) => gateway.idFromName(`${name}:${shard}`),
      get: (id) => gateway.get(id),
    };
    return patient(redisGatewayKvStore({ gateway: namespace }));
  }
});

describe("a stub", () => {
  // A namespace whose objects all fail in one way, and how often one was asked for.
  const failing = (flags: object, message: string) => {
    const asked: unknown[] = [];
    const options: unknown[] = [];
    const namespace: GatewayNamespace = {
      idFromName: (name) => name as unknown as DurableObjectId,
      get: (id, option) => {
        asked.push(id);
        options.push(option);
        return { perform: () => Promise.reject(Object.assign(new Error(message), flags)) };
      },
    };
    return { asked, options, store: redisGatewayKvStore({ gateway: namespace }) };
  };

  test("that fails is not used again: a read gets a second one, a write does not", async () => {
    const { asked, options, store } = failing({ retryable: true }, "the object was moved");
    expect(await codeOf(store.get("k"))).toBe("UNAVAILABLE");
    expect(asked).toHaveLength(2);
    expect(await codeOf(store.set("k", "v"))).toBe("OUTCOME_UNKNOWN");
    expect(asked).toHaveLength(3);
    // Nor is the platform to send a write again.
    expect(options).toEqual([{}, {}, { retry: { maxRetries: 0 } }]);
  });

  test("of an object with a full queue refuses both, and neither is asked again", async () => {
    const message = "Durable Object is overloaded. Requests queued for too long.";
    const { asked, store } = failing({ overloaded: true }, message);
    expect(await codeOf(store.get("k"))).toBe("RATE_LIMITED");
    expect(await codeOf(store.set("k", "v"))).toBe("RATE_LIMITED");
    expect(asked).toHaveLength(2);
  });
});

test("keys are spread over the objects, each key on one; what has no key goes to the first", async () => {
  const names: string[] = [];
  const namespace: GatewayNamespace = {
    idFromName: (name) => name as unknown as DurableObjectId,
    get: (id) => {
      names.push(String(id));
      return { perform: async () => ({ ok: true, value: null }) };
    },
  };
  const sharded = redisGatewayKvStore({ gateway: namespace, shards: 8 });
  const namesOf = async (...operations: (() => Promise<unknown>)[]) => {
    names.length = 0;
    for (const operation of operations) await operation();
    return new Set(names);
  };
  const keys = Array.from({ length: 200 }, (_, i) => `key-${i}`);
  expect((await namesOf(...keys.map((key) => () => sharded.get(key)))).size).toBe(8);
  for (const key of keys.slice(0, 5)) {
    const one = await namesOf(
      () => sharded.get(key),
      () => sharded.set(key, "v"),
      () => sharded.delete(key),
    );
    expect(one.size).toBe(1);
  }
  const first = await namesOf(
    () => sharded.list("key"),
    () => sharded.page({ prefix: "key" }),
    () => sharded.diagnose(),
    () => sharded.get(5 as unknown as string),
  );
  expect([...first]).toEqual(["redis:0"]);
});

test.each([0, 65, 1.5, Number.NaN])("%d shards are refused", (shards) => {
  expect(() => redisGatewayKvStore({ gateway, shards })).toThrow("shards");
});
