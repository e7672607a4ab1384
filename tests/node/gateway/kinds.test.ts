// The gateway over each kind of Redis that REDIS_URL can name.
import { describe, expect, test } from "vitest";
import { serviceKvStore } from "../../../bindings/rpc/service-kv-store.ts";
import { patient } from "../../patience.ts";
import { RedisCluster, RedisSentinels, RedisServer } from "../support/redis-server.ts";
import { TestWorker } from "../support/worker.ts";

const keys = Array.from({ length: 60 }, (_, i) => `k${i}`);

async function writeAndRead(worker: TestWorker): Promise<void> {
  const store = patient(
    serviceKvStore({ service: worker.service, store: "redis", keyNamespace: "n:" }),
  );
  const { version } = await store.set("first", "{}");
  await store.compareAndSet("first", version, '{"n":1}', { ttlSeconds: 600 });
  expect((await store.patch("first", { m: 2 })).value).toBe('{"n":1,"m":2}');
  const written = await store.setMany(keys.map((key) => ({ key, value: key })));
  expect(written.every(({ ok }) => ok)).toBe(true);
  expect(await store.getMany(keys)).toEqual(keys);
  expect(await store.list("k")).toEqual([...keys].sort());
}

test("a Worker without the package reaches Redis through the service's own store", async () => {
  await using server = await RedisServer.start();
  await using worker = await TestWorker.start({ REDIS_URL: server.url });
  const ask = (method: string, ...args: unknown[]) => worker.callPlain("redis", "n:", method, args);
  const { version } = (await ask("set", "k", '{"a":1}')) as { version: string };
  expect(await server.ask("GET", "n:k")).toBe('{"a":1}');
  expect(await ask("entry", "k")).toEqual({ value: '{"a":1}', version, expiresAt: null });
  expect(await ask("patch", "k", { b: 2 })).toMatchObject({ value: '{"a":1,"b":2}' });
  expect(await ask("compareAndSet", "k", version, "{}")).toEqual({ code: "VERSION_MISMATCH" });
  expect(await ask("list", "")).toEqual(["k"]);
  expect(await ask("delete", "k")).toBe(null);
  expect(await ask("get", "k")).toBe(null);
});

describe("the gateway reaches", () => {
  test("a server, as an ACL user, in another database and below a namespace", async () => {
    const user = { name: "app", password: "p@ss", rules: "~* +@all" };
    await using server = await RedisServer.start({ password: "other", user });
    const url = `${server.url}/5?keyNamespace=up:`;
    await using worker = await TestWorker.start({ REDIS_URL: url });
    await writeAndRead(worker);
    expect(await server.ask("-n", "5", "GET", "up:n:k7")).toBe("k7");
  });

  test("a cluster, through some of its nodes", async () => {
    await using cluster = await RedisCluster.start({ password: "secret" });
    const hosts = cluster.ports.slice(0, 3).map((port) => `127.0.0.1:${port}`);
    const url = `redis-cluster://:secret@${hosts.join(",")}`;
    await using worker = await TestWorker.start({ REDIS_URL: url });
    await writeAndRead(worker);
  });

  test("a master through its sentinels, and its heir when it is killed", async () => {
    await using trio = await RedisSentinels.start({ password: "secret", downAfterMs: 5000 });
    const hosts = trio.sentinelPorts.map((port) => `127.0.0.1:${port}`);
    const url = `redis-sentinel://:secret@${hosts.join(",")}/${trio.masterName}`;
    await using worker = await TestWorker.start({ REDIS_URL: url });
    await writeAndRead(worker);
    const master = await trio.master();
    await master.ask("WAIT", "1", "0");
    await master.kill();
    await trio.promotionAfter(master);
    const store = patient(
      serviceKvStore({ service: worker.service, store: "redis", keyNamespace: "n:" }),
    );
    expect(await store.get("k7")).toBe("k7");
    await store.set("k7", "after");
    expect(await (await trio.master()).ask("GET", "n:k7")).toBe("after");
  });
});
