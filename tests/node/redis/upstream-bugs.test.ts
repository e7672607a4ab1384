// What goes wrong in the stores that these replace, one case for each.
import { createClient, createClientPool, createCluster } from "@redis/client";
import { Cluster as IoCluster, Redis as IoRedis } from "ioredis";
import * as client5 from "redis-client-5";
import { afterAll, describe, expect, test } from "vitest";
import { ioredisKvStore } from "../../../bindings/stores/redis/ioredis-store.ts";
import { redisKvStore } from "../../../bindings/stores/redis/redis-store.ts";
import { clusterClients, standaloneClients } from "../support/redis-clients.ts";
import { RedisCluster, RedisServer } from "../support/redis-server.ts";

const server = await RedisServer.start();
afterAll(() => server[Symbol.asyncDispose]());
const { host, port } = server;

describe.each(Object.entries(standaloneClients))("%s", (name, connect) => {
  test("a prefix of glob characters lists its own keys and no others", async () => {
    const { store, close } = await connect(server);
    const scope = store.scope(`glob ${name}/`);
    const keys = ["t[ab]:1", "ta:2", "tb:3", "t*:1", "tx:1", "t?:1", "b\\s:1", "bs:9", "[^a]", "b"];
    for (const key of keys) await scope.set(key, "1");
    expect(await scope.list("t[ab]:")).toEqual(["t[ab]:1"]);
    expect(await scope.list("t*:")).toEqual(["t*:1"]);
    expect(await scope.list("t?:")).toEqual(["t?:1"]);
    expect(await scope.list("b\\s:")).toEqual(["b\\s:1"]);
    expect(await scope.list("[^a")).toEqual(["[^a]"]);
    await close();
  });

  test("the namespace is taken off a key's beginning alone", async () => {
    const { store, close } = await connect(server);
    const scope = store.scope(`${name}:`);
    await scope.set(`x${name}:y`, "1");
    expect(await scope.list("x")).toEqual([`x${name}:y`]);
    await close();
  });

  test("200,000 keys take hundreds of round trips", async () => {
    const { store, close } = await connect(server);
    await server.ask("FLUSHALL");
    await server.ask("DEBUG", "POPULATE", "200000", "foreign", "20");
    await store.set("mine:1", "1");
    await server.ask("CONFIG", "RESETSTAT");
    expect(await store.list("mine:")).toEqual(["mine:1"]);
    const scans = /cmdstat_scan:calls=(\d+)/.exec(await server.ask("INFO", "commandstats"));
    console.log(`${name}: ${scans?.[1]} SCANs over 200,000 keys`);
    expect(Number(scans?.[1])).toBeLessThan(1000);
    await server.ask("FLUSHALL");
    await close();
  });

  test("expiry, compare-and-set and a namespace are there, and the data stays plain", async () => {
    const { store, close } = await connect(server);
    await store.set("uploadista:upload-file:1", '{"id":"1"}');
    expect(await server.ask("GET", "uploadista:upload-file:1")).toBe('{"id":"1"}');
    expect(await server.ask("TTL", "uploadista:upload-file:1")).toBe("-1");
    await server.ask("SET", "uploadista:upload-file:2", "theirs");
    expect(await store.get("uploadista:upload-file:2")).toBe("theirs");
    const { expiresAt } = await store.set("soon", "1", { ttlSeconds: 100 });
    expect(await server.ask("EXPIRETIME", "soon")).toBe(`${expiresAt}`);
    const first = await store.compareAndSet("once", null, "1");
    await expect(store.compareAndSet("once", null, "2")).rejects.toThrow(/expected to be absent/);
    await store.compareAndSet("once", first.version, "2");
    await store.scope("tenant/").set("a", "1");
    expect(await server.ask("GET", "tenant/a")).toBe("1");
    await server.ask("FLUSHALL");
    await close();
  });

  test("an expiry of another program within a second counts for all of that second", async () => {
    const { store, close } = await connect(server);
    await server.ask("SET", "a", "1", "PXAT", "4102444800001");
    expect((await store.entry("a"))?.expiresAt).toBe(4_102_444_801);
    await server.ask("SET", "a", "1", "PXAT", "4102444800000");
    expect((await store.entry("a"))?.expiresAt).toBe(4_102_444_800);
    await server.ask("DEL", "a");
    await close();
  });
});

const toBuffers = { commandOptions: { typeMapping: { 36: Buffer, 43: Buffer, 58: String } } };
test.each([
  ["@redis/client 6", () => createClient({ socket: { host, port }, ...toBuffers })],
  ["@redis/client 5", () => client5.createClient({ socket: { host, port }, ...toBuffers })],
  ["a pool of @redis/client 6", () => createClientPool({ socket: { host, port }, ...toBuffers })],
  [
    "a pool of @redis/client 5",
    () => client5.createClientPool({ socket: { host, port }, ...toBuffers }),
  ],
])("%s whose texts are Buffers serves text, and its lists end", async (_, create) => {
  const client = create();
  await client.connect();
  const store = redisKvStore({ redis: client as never, keyNamespace: "buffers/" });
  await store.set("a", "1");
  expect(await store.get("a")).toBe("1");
  expect(await store.list()).toEqual(["a"]);
  expect(await store.patch("b", {}).catch(({ code }) => code)).toBe("NOT_FOUND");
  const { version } = await store.set("c", "{}");
  await store.compareAndSet("c", version, "[]");
  expect(await store.getMany(["a", "c", "d"])).toEqual(["1", "[]", null]);
  await store.deleteMany(["a", "c"]);
  client.destroy();
});

test("an ioredis client's own keyPrefix holds for reads, writes, scripts and lists", async () => {
  const redis = new IoRedis({ host, port, keyPrefix: "app*:" });
  const store = ioredisKvStore({ redis, keyNamespace: "ns/" });
  await redis.set("ns/theirs", "1");
  await store.set("mine", "{}");
  await store.patch("mine", { n: 1 });
  await server.ask("SET", "appX:ns/foreign", "1");
  expect(await redis.get("ns/mine")).toBe('{"n":1}');
  expect(await server.ask("GET", "app*:ns/mine")).toBe('{"n":1}');
  expect(await store.list()).toEqual(["mine", "theirs"]);
  expect(await store.getMany(["theirs", "mine"])).toEqual(["1", '{"n":1}']);
  redis.disconnect();
});

describe("over a cluster", async () => {
  const cluster = await RedisCluster.start();
  afterAll(() => cluster[Symbol.asyncDispose]());

  test.each(Object.entries(clusterClients))(
    "%s lists every key, each time",
    async (name, connect) => {
      const { store, close } = await connect(cluster);
      const scope = store.scope(`${name}/`);
      const keys = Array.from({ length: 300 }, (_, i) => `k${i}`).sort();
      await scope.setMany(keys.map((key) => ({ key, value: key })));
      for (let i = 0; i < 5; i++) expect(await scope.list()).toEqual(keys);
      expect(await scope.getMany(keys)).toEqual(keys);
      await close();
    },
  );

  test("keyPrefix and hash tags of a cluster's client decide on the slot", async () => {
    const [root = 0] = cluster.ports;
    const io = new IoCluster([{ host, port: root }], { keyPrefix: "{app}:" });
    const redis = createCluster({
      rootNodes: [{ socket: { host, port: root } }],
      keyPrefix: "{app}:",
    });
    redis.on("error", () => {});
    await redis.connect();
    const keys = ["a", "b", "{c}d", "}{e"];
    for (const store of [ioredisKvStore({ redis: io }), redisKvStore({ redis })]) {
      await store.setMany(keys.map((key) => ({ key, value: key })));
      expect(await store.getMany(keys)).toEqual(keys);
      expect(await store.list()).toEqual([...keys].sort());
      await store.deleteMany(keys);
    }
    io.disconnect();
    redis.destroy();
  });
});
