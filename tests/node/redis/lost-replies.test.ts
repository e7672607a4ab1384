// Answers that never arrive: a proxy drops them, or cuts the connection that they come by.
import { createClient } from "@redis/client";
import { Redis as IoRedis5 } from "ioredis";
import { Redis as IoRedis6 } from "ioredis-6";
import * as client5 from "redis-client-5";
import { afterAll, describe, expect, test } from "vitest";
import type { KvStore } from "../../../bindings/contract.ts";
import { ioredisKvStore } from "../../../bindings/stores/ioredis.ts";
import { redisKvStore } from "../../../bindings/stores/redis.ts";
import { RedisServer } from "../support/redis-server.ts";
import { TcpProxy } from "../support/tcp-proxy.ts";

const server = await RedisServer.start();
afterAll(() => server[Symbol.asyncDispose]());
const host = "127.0.0.1";

type Opened = { readonly store: KvStore; close(): void };
async function redis(create: typeof createClient | typeof client5.createClient, port: number) {
  const client = (create as typeof createClient)({ socket: { host, port } });
  client.on("error", () => {});
  await client.connect();
  return { store: redisKvStore({ redis: client }), close: () => client.destroy() };
}
async function ioredis(client: IoRedis5 | IoRedis6) {
  return { store: ioredisKvStore({ redis: client }), close: () => client.disconnect() };
}
const clients: { readonly [name: string]: (port: number) => Promise<Opened> } = {
  "@redis/client 6": (port) => redis(createClient, port),
  "@redis/client 5": (port) => redis(client5.createClient, port),
  "ioredis 6": (port) => ioredis(new IoRedis6({ host, port })),
  "ioredis 5": (port) => ioredis(new IoRedis5({ host, port })),
  "ioredis 6, which sends nothing again": (port) =>
    ioredis(new IoRedis6({ host, port, autoResendUnfulfilledCommands: false })),
};

describe.each(Object.entries(clients))("%s", (_, connect) => {
  const withProxy = async (use: (store: KvStore, proxy: TcpProxy) => Promise<void>) => {
    await using proxy = await TcpProxy.start(server.port);
    await server.ask("FLUSHALL");
    const { store, close } = await connect(proxy.port);
    await store.set("warm", "1");
    // The scripts are known.
    await store.compareAndSet("warm", (await store.entry("warm"))?.version ?? null, "2");
    try {
      await use(store, proxy);
    } finally {
      close();
    }
  };

  test("a conditional write whose answer was lost is never a version mismatch", () =>
    withProxy(async (store, proxy) => {
      const { version } = await store.set("a", "old");
      proxy.loseNextReply();
      await store.compareAndSet("a", version, "new");
      expect(await server.ask("GET", "a")).toBe("new");
    }));

  test("a creation whose answer was lost is found done", () =>
    withProxy(async (store, proxy) => {
      proxy.loseNextReply();
      await store.compareAndSet("b", null, "mine", { ttlSeconds: 100 });
      expect(await server.ask("GET", "b")).toBe("mine");
    }));

  test("a set and a delete whose answers were lost are found done", () =>
    withProxy(async (store, proxy) => {
      proxy.loseNextReply();
      await store.set("c", "1");
      expect(await server.ask("GET", "c")).toBe("1");
      proxy.loseNextReply();
      await store.delete("c");
      expect(await server.ask("EXISTS", "c")).toBe("0");
    }));

  test("a patch whose answer was lost is applied once", () =>
    withProxy(async (store, proxy) => {
      await store.set("d", '{"n":1,"m":2}');
      const before = (await store.entry("d"))?.version;
      proxy.loseNextReply();
      const { value } = await store.patch("d", { n: 2 });
      expect(value).toBe('{"n":2,"m":2}');
      expect(await server.ask("GET", "d")).toBe(value);
      expect((await store.entry("d"))?.version).not.toBe(before);
    }));

  test("each key of a batch whose answers were lost is settled by itself", () =>
    withProxy(async (store, proxy) => {
      proxy.loseNextReply();
      const items = Array.from({ length: 10 }, (_unused, i) => ({ key: `e${i}`, value: `${i}` }));
      const outcomes = await store.setMany(items);
      expect(outcomes.map(({ ok }) => ok)).toEqual(items.map(() => true));
      expect(await store.getMany(items.map(({ key }) => key))).toEqual(
        items.map((one) => one.value),
      );
    }));

  test("a silent server holds nobody past the deadline", () =>
    withProxy(async (store, proxy) => {
      proxy.dropReplies();
      const [read, write] = await Promise.allSettled([
        store.get("a", { deadlineMs: 300 }),
        store.set("a", "1", { deadlineMs: 300 }),
      ]);
      expect(read).toMatchObject({ reason: { code: "TIMEOUT", retryable: true } });
      expect(write).toMatchObject({ reason: { code: "OUTCOME_UNKNOWN", retryable: false } });
    }));

  test("what was not sent while nobody answered is not sent later", () =>
    withProxy(async (store, proxy) => {
      await proxy.refuse();
      // The client has to notice, or the write is one whose answer is lost.
      await new Promise((resolve) => setTimeout(resolve, 200));
      const error = await store.set("f", "late", { deadlineMs: 500 }).catch((thrown) => thrown);
      expect(error).toMatchObject({ code: "UNAVAILABLE", retryable: true });
      await proxy.accept();
      await store.set("g", "1");
      expect(await server.ask("EXISTS", "f")).toBe("0");
    }));
});
