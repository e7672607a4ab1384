// A cluster that serves no slot, on a real server.
import { createCluster } from "@redis/client";
import { Cluster as IoCluster5 } from "ioredis";
import { Cluster as IoCluster6 } from "ioredis-6";
import * as client5 from "redis-client-5";
import { afterAll, describe, expect, test } from "vitest";
import type { KvStore } from "../../../bindings/contract.ts";
import { ioredisKvStore } from "../../../bindings/stores/ioredis.ts";
import { redisKvStore } from "../../../bindings/stores/redis.ts";
import { RedisServer } from "../support/redis-server.ts";

const server = await RedisServer.start({ settings: ["--cluster-enabled", "yes"] });
afterAll(() => server[Symbol.asyncDispose]());

type Opened = { readonly store: KvStore; close(): void };
const address = { host: "127.0.0.1", port: server.port };

async function overRedis(redis: ReturnType<typeof createCluster>): Promise<Opened> {
  redis.on("error", () => {});
  await redis.connect().catch(() => {});
  return { store: redisKvStore({ redis }), close: () => redis.destroy() };
}

function overIoRedis(redis: IoCluster6 | IoCluster5): Opened {
  redis.on("error", () => {});
  return { store: ioredisKvStore({ redis }), close: () => redis.disconnect() };
}

const clients: { readonly [name: string]: () => Opened | Promise<Opened> } = {
  "@redis/client 6": () => overRedis(createCluster({ rootNodes: [{ socket: address }] })),
  "@redis/client 5": () =>
    overRedis(client5.createCluster({ rootNodes: [{ socket: address }] }) as never),
  "ioredis 6": () => overIoRedis(new IoCluster6([address])),
  "ioredis 5": () => overIoRedis(new IoCluster5([address])),
};

describe.each(Object.entries(clients))("%s", (_, open) => {
  test("a cluster without slots is unavailable, and the hint says how to look", async () => {
    const { store, close } = await open();
    const soon = { deadlineMs: 1000 };
    const told = await Promise.allSettled([
      store.set("a", "1", soon),
      store.get("a", soon),
      store.list("", soon),
    ]);
    const reason = {
      code: "UNAVAILABLE",
      retryable: true,
      message: expect.stringContaining("slots cache"),
      hint: expect.stringContaining("redis-cli cluster info"),
    };
    expect(told).toMatchObject(told.map(() => ({ status: "rejected", reason })));
    close();
  });
});
