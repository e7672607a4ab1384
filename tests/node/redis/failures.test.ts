// What each failure of a server or a connection tells, on real servers.
import { createClient } from "@redis/client";
import { Redis as IoRedis5 } from "ioredis";
import { Redis as IoRedis6 } from "ioredis-6";
import * as client5 from "redis-client-5";
import { describe, expect, test } from "vitest";
import type { KvStore } from "../../../bindings/contract/contract.ts";
import { KvError } from "../../../bindings/contract/errors.ts";
import { ioredisKvStore } from "../../../bindings/stores/redis/ioredis-store.ts";
import { redisKvStore } from "../../../bindings/stores/redis/redis-store.ts";
import { patient } from "../../patience.ts";
import { atDeadline, isTold } from "../support/leap.ts";
import { clusterClients, standaloneClients } from "../support/redis-clients.ts";
import { eventually, RedisCluster, RedisServer } from "../support/redis-server.ts";

async function failureOf(promise: Promise<unknown>): Promise<KvError> {
  const error = await promise.then(
    () => new Error("it succeeded"),
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(KvError);
  return error as KvError;
}

function overRedis(redis: ReturnType<typeof createClient>): { store: KvStore; close(): void } {
  redis.on("error", () => {});
  const store = patient(redisKvStore({ redis }));
  redis.connect().catch(() => {});
  return { store, close: () => redis.destroy() };
}

function overIoRedis(redis: IoRedis5 | IoRedis6): { store: KvStore; close(): void } {
  return { store: patient(ioredisKvStore({ redis })), close: () => redis.disconnect() };
}

type Login = { readonly username?: string; readonly password?: string };
/** A client that nobody waits for, of each kind. */
const unawaited: {
  readonly [name: string]: (port: number, login?: Login) => { store: KvStore; close(): void };
} = {
  "@redis/client 6": (port, login) =>
    overRedis(createClient({ socket: { host: "127.0.0.1", port }, ...login })),
  "@redis/client 5": (port, login) =>
    overRedis(client5.createClient({ socket: { host: "127.0.0.1", port }, ...login }) as never),
  "ioredis 6": (port, login) => overIoRedis(new IoRedis6({ host: "127.0.0.1", port, ...login })),
  "ioredis 5": (port, login) => overIoRedis(new IoRedis5({ host: "127.0.0.1", port, ...login })),
};

describe.each(Object.entries(unawaited))("%s", (_, open) => {
  test("a server that comes is found, within the deadline of the operation", async () => {
    const server = await RedisServer.prepare();
    await using _disposed = server;
    const { store, close } = open(server.port);
    const written = store.set("a", "1");
    await server.process.start();
    await written;
    expect(await store.get("a")).toBe("1");
    close();
  });

  test("a missing or a wrong password says so", async () => {
    await using server = await RedisServer.start({ password: "right" });
    for (const login of [{}, { password: "wrong" }]) {
      const { store, close } = open(server.port, login);
      await isTold(/password/, store);
      const error = await failureOf(atDeadline((call) => store.get("a", call)));
      expect(error.code).toBe("UNAVAILABLE");
      expect(error.hint).toContain("password");
      close();
    }
  });

  test("what the user's rules forbid says so", async () => {
    const user = { name: "reader", password: "p", rules: "~* +@read +@connection" };
    await using server = await RedisServer.start({ user });
    const { store, close } = open(server.port, { username: "reader", password: "p" });
    expect(await store.get("a")).toBeNull();
    const error = await failureOf(store.set("a", "1"));
    expect(error).toMatchObject({ code: "UNAVAILABLE" });
    expect(error.hint).toContain("ACL");
    close();
  });

  test("a replica is read-only, a promoted one is not", async () => {
    await using primary = await RedisServer.start();
    await using replica = await RedisServer.start({
      settings: ["--replicaof", "127.0.0.1", `${primary.port}`],
    });
    const { store, close } = open(replica.port);
    expect(await store.get("a")).toBeNull();
    const error = await failureOf(atDeadline((call) => store.set("a", "1", call)));
    expect(error).toMatchObject({ code: "UNAVAILABLE", retryable: true });
    expect(error.hint).toContain("replica");
    const written = store.set("a", "1");
    await replica.ask("REPLICAOF", "NO", "ONE");
    await written;
    close();
  });

  test("a server that is still loading is waited for", async () => {
    await using server = await RedisServer.start({ appendOnly: true });
    await server.ask("DEBUG", "POPULATE", "100000", "k", "10");
    await server.ask("BGREWRITEAOF");
    await eventually("the file is rewritten", async () =>
      (await server.ask("INFO", "persistence")).includes("aof_rewrite_in_progress:0"),
    );
    const { store, close } = open(server.port);
    await store.set("a", "1");
    await server.restart();
    expect(await store.get("a")).toBe("1");
    close();
  });

  test("a full server refuses writes as OUT_OF_MEMORY, and serves reads", async () => {
    await using server = await RedisServer.start({ maxMemory: "2mb" });
    const { store, close } = open(server.port);
    await store.set("a", "1");
    await server.ask("CONFIG", "SET", "maxmemory", "1");
    const error = await failureOf(store.set("b", "1"));
    expect(error).toMatchObject({ code: "OUT_OF_MEMORY", retryable: false });
    expect(error.hint).toContain("maxmemory");
    expect(await store.get("a")).toBe("1");
    const [outcome] = await store.setMany([{ key: "c", value: "1" }]);
    expect(outcome).toMatchObject({ ok: false, error: { code: "OUT_OF_MEMORY" } });
    close();
  });

  test("a key of another type is CORRUPT, for every operation", async () => {
    await using server = await RedisServer.start();
    await server.ask("HSET", "h", "f", "1");
    const { store, close } = open(server.port);
    const asked = [
      () => store.get("h"),
      () => store.entry("h"),
      () => store.patch("h", {}),
      () => store.compareAndSet("h", "0".repeat(32), "1"),
    ];
    for (const ask of asked) {
      expect(await failureOf(ask())).toMatchObject({ code: "CORRUPT", retryable: false });
    }
    close();
  });

  test("scripts that the server has forgotten are sent again", async () => {
    await using server = await RedisServer.start();
    const { store, close } = open(server.port);
    const { version } = await store.set("a", "1");
    for (let round = 0; round < 3; round++) {
      await server.ask("SCRIPT", "FLUSH");
      expect((await store.entry("a"))?.version).toBe(version);
      await store.compareAndSet("a", version, "1");
    }
    close();
  });

  test("a script that keeps the server busy is waited for", async () => {
    await using server = await RedisServer.start({ settings: ["--busy-reply-threshold", "50"] });
    const { store, close } = open(server.port);
    await store.set("a", "1");
    const endless = server.ask("EVAL", "while true do end", "0").catch(() => {});
    await eventually("the server is busy", () =>
      server.ask("PING").then(
        () => false,
        (error) => String(error).includes("BUSY"),
      ),
    );
    const read = store.get("a");
    await server.ask("SCRIPT", "KILL");
    expect(await read).toBe("1");
    await endless;
    close();
  });
});

test("a client that was closed is told apart from one that was never connected to a server", async () => {
  await using server = await RedisServer.start();
  for (const connect of Object.values(standaloneClients)) {
    const { store, close } = await connect(server);
    await store.set("a", "1");
    await close();
    const error = await failureOf(store.get("a"));
    expect(error).toMatchObject({ code: "UNAVAILABLE" });
    expect(error.hint).toContain("close it after");
  }
});

test("a server that evicts or keeps nothing is a finding", async () => {
  await using evicting = await RedisServer.start({ maxMemoryPolicy: "allkeys-lru" });
  await using kept = await RedisServer.start({ appendOnly: true });
  const user = { name: "u", password: "p", rules: "~* +@read +@write +@connection" };
  await using hidden = await RedisServer.start({ user });
  for (const connect of Object.values(standaloneClients)) {
    const named = async (server: RedisServer) => {
      const { store, close } = await connect(server);
      const found = (await store.diagnose()).map(({ name }) => name);
      await close();
      return found;
    };
    expect(await named(evicting)).toEqual(["evicts-any-key", "not-persisted"]);
    expect(await named(kept)).toEqual([]);
    expect(await named(hidden)).toEqual(["configuration-hidden"]);
  }
});

test("of a cluster every master is asked, and each finding says how many there are", async () => {
  await using cluster = await RedisCluster.start({ appendOnly: true });
  const [, second, third] = (await cluster.nodes()).filter(({ isMaster }) => isMaster);
  await second?.server.ask("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
  for (const one of [second, third]) await one?.server.ask("CONFIG", "SET", "appendonly", "no");
  for (const one of [second, third]) await one?.server.ask("CONFIG", "SET", "save", "");
  for (const connect of Object.values(clusterClients)) {
    const { store, close } = await connect(cluster);
    const found = await store.diagnose();
    expect(found.map(({ name, message }) => [name, message.split(":")[0]])).toEqual([
      ["evicts-any-key", "1 of 3 masters"],
      ["not-persisted", "2 of 3 masters"],
    ]);
    await close();
  }
});
