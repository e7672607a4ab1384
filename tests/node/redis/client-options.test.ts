// Options of clients that change how commands are sent, or how replies read.
import { createClient, createCluster, createSentinel } from "@redis/client";
import { Cluster as IoCluster5, Redis as IoRedis5 } from "ioredis";
import { Cluster as IoCluster6, Redis as IoRedis6 } from "ioredis-6";
import * as client5 from "redis-client-5";
import { afterAll, describe, expect, test } from "vitest";
import { KvError } from "../../../bindings/contract/errors.ts";
import { ioredisKvStore } from "../../../bindings/stores/redis/ioredis-store.ts";
import { redisKvStore } from "../../../bindings/stores/redis/redis-store.ts";
import { RedisCluster, RedisSentinels, RedisServer } from "../support/redis-server.ts";

const server = await RedisServer.start();
afterAll(() => server[Symbol.asyncDispose]());
const cluster = await RedisCluster.start();
afterAll(() => cluster[Symbol.asyncDispose]());

const sentinels = await RedisSentinels.start();
afterAll(() => sentinels[Symbol.asyncDispose]());

const { host, port } = server;
const roots = cluster.ports.map((one) => ({ host, port: one }));
const pipelining = { enableAutoPipelining: true };
const connects = {
  "ioredis 6": () => new IoRedis6({ host, port, ...pipelining }),
  "ioredis 5": () => new IoRedis5({ host, port, ...pipelining }),
  "a cluster of ioredis 6": () => new IoCluster6(roots, pipelining),
  "a cluster of ioredis 5": () => new IoCluster5(roots, pipelining),
};

describe.each(Object.entries(connects))("%s with automatic pipelining", (_, connect) => {
  test("a key that is the name of a command is a key", async () => {
    const redis = connect();
    const store = ioredisKvStore({ redis });
    await store.set("precious", "1");
    for (const key of ["flushall", "FLUSHALL", "flushdb", "shutdown"]) {
      expect(await store.get(key)).toBeNull();
      const { version } = await store.set(key, "{}");
      expect(await store.getMany([key, "precious"])).toEqual(["{}", "1"]);
      await store.compareAndSet(key, version, "1");
      await store.delete(key);
    }
    expect(await store.get("precious")).toBe("1");
    redis.disconnect();
  });
});

test("integers that a client gives as text are integers to the store", async () => {
  const commandOptions = { typeMapping: { 58: String } };
  // A client changes what it is given.
  const address = () => ({ socket: { host, port }, commandOptions });
  const six = createClient(address());
  const five = client5.createClient(address());
  await Promise.all([six.connect(), five.connect()]);
  const io6 = new IoRedis6({ host, port, stringNumbers: true });
  const io5 = new IoRedis5({ host, port, stringNumbers: true });
  for (const store of [
    redisKvStore({ redis: six }),
    redisKvStore({ redis: five as never }),
    ioredisKvStore({ redis: io6 }),
    ioredisKvStore({ redis: io5 }),
  ]) {
    const { version } = await store.set("number", '{"n":0}');
    await store.compareAndSet("number", version, '{"n":1}');
    expect((await store.patch("number", { n: 2 })).value).toBe('{"n":2}');
    await expect(store.compareAndSet("number", version, "1")).rejects.toMatchObject({
      code: "VERSION_MISMATCH",
    });
    await store.delete("number");
    await expect(store.compareAndSet("number", version, "1")).rejects.toMatchObject({
      code: "VERSION_MISMATCH",
    });
  }
  six.destroy();
  five.destroy();
  io6.disconnect();
  io5.disconnect();
});

function refusalOf(open: () => unknown): KvError {
  try {
    open();
  } catch (error) {
    expect(error).toBeInstanceOf(KvError);
    expect(error).toMatchObject({ code: "INVALID_ARGUMENT", operation: "open", retryable: false });
    return error as KvError;
  }
  throw new Error("it was opened");
}

test("a client in the wrong function is refused, with the name of the right one", () => {
  const lazy = { lazyConnect: true };
  for (const redis of [
    new IoRedis6({ host, port, ...lazy }),
    new IoRedis5({ host, port, ...lazy }),
    new IoCluster6(roots, lazy),
    new IoCluster5(roots, lazy),
  ]) {
    expect(refusalOf(() => redisKvStore({ redis: redis as never })).hint).toContain(
      "ioredisKvStore({ redis })",
    );
  }
  const rootNodes = roots.map((socket) => ({ socket }));
  const none = async () => null;
  for (const redis of [
    createClient(),
    client5.createClient(),
    createCluster({ rootNodes }),
    { get: none, set: none, del: none, scan: none },
  ]) {
    expect(refusalOf(() => ioredisKvStore({ redis: redis as never })).hint).toContain(
      "redisKvStore({ redis })",
    );
  }
});

test("what is no client is refused, with what to pass", () => {
  for (const redis of [undefined, null, {}, "redis://host", { get: async () => null }]) {
    for (const open of [redisKvStore, ioredisKvStore]) {
      expect(refusalOf(() => open({ redis: redis as never })).hint).toContain("as { redis }");
    }
  }
});

test("a client that reads from replicas is refused", () => {
  for (const scaleReads of ["slave", "all", () => 0] as const) {
    for (const redis of [
      new IoCluster6(roots, { scaleReads: scaleReads as never, lazyConnect: true }),
      new IoCluster5(roots, { scaleReads: scaleReads as never, lazyConnect: true }),
    ]) {
      const refusal = refusalOf(() => ioredisKvStore({ redis }));
      expect(refusal.message).toContain("replicas");
      expect(refusal.hint).toContain("scaleReads");
    }
  }
  const redis = new IoRedis6({ sentinels: roots, name: "m", role: "slave", lazyConnect: true });
  expect(refusalOf(() => ioredisKvStore({ redis })).hint).toContain("role");
});

test("replicas that @redis/client may read from are not asked", async () => {
  const clustered = createCluster({
    rootNodes: roots.map((socket) => ({ socket })),
    useReplicas: true,
  });
  const watched = createSentinel({
    name: sentinels.masterName,
    sentinelRootNodes: sentinels.sentinelPorts.map((one) => ({ host, port: one })),
    replicaPoolSize: 2,
  });
  for (const redis of [clustered, watched]) {
    redis.on("error", () => {});
    await redis.connect();
    const store = redisKvStore({ redis });
    const servers = redis === clustered ? cluster.servers : sentinels.servers;
    await Promise.all(servers.map((one) => one.ask("CONFIG", "RESETSTAT")));
    for (let i = 0; i < 50; i++) {
      await store.set(`key-${i}`, "1");
      await store.get(`key-${i}`);
      await store.entry(`key-${i}`);
    }
    expect(await store.getMany(["key-0", "key-1"])).toEqual(["1", "1"]);
    let masters = 0;
    for (const one of servers) {
      const isMaster = (await one.ask("ROLE")).startsWith("master");
      const reads = /cmdstat_(get|mget|evalsha|eval):/.test(await one.ask("INFO", "commandstats"));
      expect(reads).toBe(isMaster);
      masters += isMaster ? 1 : 0;
    }
    expect(masters).toBeGreaterThan(0);
    redis.destroy();
  }
});

test("any number of stores over one client add one listener to each of its events", async () => {
  const six = createClient({ socket: { host, port } });
  const io6 = new IoRedis6({ host, port });
  const clustered = new IoCluster6(roots);
  await new Promise((resolve) => clustered.once("ready", resolve));
  const nodes = clustered.nodes("all");
  const emitters = [six, io6, clustered, ...nodes];
  const count = () =>
    emitters.map((one) => one.listenerCount("error") + one.listenerCount("close"));
  const open = () => {
    redisKvStore({ redis: six });
    ioredisKvStore({ redis: io6 });
    ioredisKvStore({ redis: clustered });
  };
  open();
  const once = count();
  for (let i = 0; i < 50; i++) open();
  expect(count()).toEqual(once);
  io6.disconnect();
  clustered.disconnect();
});
