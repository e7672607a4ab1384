// createKvStore over Redis: with either client, as if the other were not installed, and with none.
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { KvError } from "../../../bindings/contract/errors.ts";
import { createKvStore as create } from "../../../bindings/open/create-store.node.ts";
import { patient } from "../../patience.ts";
import { atDeadline, isTold } from "../support/leap.ts";
import { freePort, RedisCluster, RedisSentinels, RedisServer } from "../support/redis-server.ts";
import { TcpProxy } from "../support/tcp-proxy.ts";

async function failureOf(promise: Promise<unknown>): Promise<KvError> {
  const failure = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(KvError);
  return failure as KvError;
}

async function connections(server: RedisServer): Promise<number> {
  return (await server.ask("CLIENT", "LIST", "TYPE", "normal")).split("\n").length;
}

/** What the store is asked has time, however slow the machine. */
async function createKvStore(env: Parameters<typeof create>[0]): ReturnType<typeof create> {
  return patient(await create(env));
}

function uninstall(...packages: readonly string[]): void {
  for (const name of packages) {
    vi.doMock(name, () => {
      throw new Error(`${name} is not installed`);
    });
  }
}

const clients = [
  ["ioredis", "ioredis", "@redis/client"],
  ["@redis/client", "redis", "ioredis"],
] as const;

describe.each(clients)("over %s", (_, name, absent) => {
  beforeAll(() => uninstall(absent));
  afterAll(() => vi.doUnmock(absent));

  test("the store connects, keeps its namespace and database, and closes what it opened", async () => {
    const user = { name: "app", password: "p@ss/w rd", rules: "~* +@all" };
    await using server = await RedisServer.start({ password: "other", user });
    const before = await connections(server);
    const store = await createKvStore({ KVISTA_STORE: `${server.url}/3?keyNamespace=up:` });
    expect(store.name).toBe(name);
    await store.set("k", "v");
    expect(await server.ask("-n", "3", "GET", "up:k")).toBe("v");
    expect(await connections(server)).toBe(before + 1);
    await store.close();
    expect((await failureOf(store.get("k"))).code).toBe("CLOSED");
    await expect.poll(() => connections(server)).toBe(before);
  });

  test("a server that is not there is told by operations, and found when it comes", async () => {
    await using server = await RedisServer.prepare({ appendOnly: true });
    await using store = await createKvStore({ KVISTA_STORE: server.url });
    const error = await failureOf(store.get("k", { deadlineMs: 300 }));
    expect(error.code).toMatch(/UNAVAILABLE|TIMEOUT/);
    await server.process.start();
    await store.set("k", "v");
    expect(await store.get("k")).toBe("v");
    await server.kill();
    const gone = await failureOf(store.get("k", { deadlineMs: 300 }));
    expect(gone.code).toMatch(/UNAVAILABLE|TIMEOUT/);
    await server.restart();
    expect(await store.get("k")).toBe("v");
  });

  test("a wrong password is told, and never repeated", async () => {
    await using server = await RedisServer.start({ password: "right" });
    const setting = `redis://:hunter2@127.0.0.1:${server.port}`;
    await using store = await createKvStore({ KVISTA_STORE: setting });
    await isTold(/password/i, store);
    const error = await failureOf(atDeadline((call) => store.get("k", call)));
    expect(error.code).toBe("UNAVAILABLE");
    expect(error.message + error.hint).toMatch(/password/i);
    expect(JSON.stringify(error)).not.toContain("hunter2");
  });

  test("nobody listening is told with the host and the port", async () => {
    const port = await freePort();
    await using store = await createKvStore({ KVISTA_STORE: `redis://127.0.0.1:${port}` });
    await isTold(new RegExp(`127.0.0.1:${port}`), store);
    const error = await failureOf(atDeadline((call) => store.get("k", call)));
    expect(error.message + error.hint).toContain(`127.0.0.1:${port}`);
  });

  test("a cluster is found through some of its nodes", async () => {
    await using cluster = await RedisCluster.start({ password: "secret" });
    const hosts = cluster.ports.slice(0, 2).map((port) => `127.0.0.1:${port}`);
    const setting = `redis-cluster://:secret@${hosts.join(",")}`;
    await using store = await createKvStore({ KVISTA_STORE: setting });
    for (let i = 0; i < 20; i++) await store.set(`k${i}`, `${i}`);
    expect(await store.list("k")).toHaveLength(20);
  });

  test("a master is found through its sentinels", async () => {
    await using trio = await RedisSentinels.start({ password: "secret" });
    const hosts = trio.sentinelPorts.map((port) => `127.0.0.1:${port}`);
    const setting = `redis-sentinel://:secret@${hosts.join(",")}/${trio.masterName}/1`;
    await using store = await createKvStore({ KVISTA_STORE: setting });
    await store.set("k", "v");
    expect(await (await trio.master()).ask("-n", "1", "GET", "k")).toBe("v");
  });

  test.each(["cluster", "sentinel"])(
    "of a %s, what answers nothing is passed over",
    async (kind) => {
      const isCluster = kind === "cluster";
      await using group = await (isCluster ? RedisCluster : RedisSentinels).start();
      const ports = group instanceof RedisCluster ? group.ports : group.sentinelPorts;
      const [port = 0] = ports;
      await using silent = new AsyncDisposableStack();
      const proxies = await Promise.all([1, 2, 3].map(() => TcpProxy.start(port)));
      for (const proxy of proxies) silent.use(proxy).dropReplies();
      const hosts = [...proxies.map(({ port }) => port), port].map((one) => `127.0.0.1:${one}`);
      const path = group instanceof RedisCluster ? "" : `/${group.masterName}`;
      const setting = `redis-${kind}://${hosts.join(",")}${path}`;
      const store = await createKvStore({ KVISTA_STORE: setting });
      await store.set("k", "v");
      expect(await store.get("k")).toBe("v");
      await store.close();
      for (const proxy of proxies) {
        await expect.poll(() => proxy.open).toBe(0);
      }
    },
  );
});

test("without a client the error says what to install", async () => {
  uninstall("ioredis", "@redis/client");
  const error = await failureOf(createKvStore({ KVISTA_STORE: "redis://:hunter2@127.0.0.1:1" }));
  expect(error.code).toBe("INVALID_ARGUMENT");
  expect(error.hint).toContain("npm install ioredis");
  expect(error.hint).toContain("npm install @redis/client");
  expect(JSON.stringify(error)).not.toContain("hunter2");
  for (const name of ["ioredis", "@redis/client"]) vi.doUnmock(name);
});
