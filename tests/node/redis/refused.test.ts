// Nobody listens where a client of any kind was told to go.
import { createClient, createClientPool, createCluster, createSentinel } from "@redis/client";
import { Cluster as IoCluster5, Redis as IoRedis5 } from "ioredis";
import { Cluster as IoCluster6, Redis as IoRedis6 } from "ioredis-6";
import * as client5 from "redis-client-5";
import { expect, test } from "vitest";
import type { KvStore } from "../../../bindings/contract/contract.ts";
import { ioredisKvStore } from "../../../bindings/stores/redis/ioredis-store.ts";
import { type RedisClient, redisKvStore } from "../../../bindings/stores/redis/redis-store.ts";
import { atDeadline, isTold } from "../support/leap.ts";
import { freePort } from "../support/redis-server.ts";

type Connectable = RedisClient & {
  readonly isOpen: boolean;
  on(event: "error", listen: () => void): unknown;
  connect(): Promise<unknown>;
  destroy(): unknown;
};
type Opened = { readonly store: KvStore; close(): unknown };

function redis(client: unknown): Opened {
  const redis = client as Connectable;
  redis.on("error", () => {});
  const store = redisKvStore({ redis });
  redis.connect().catch(() => {});
  return { store, close: () => redis.isOpen && redis.destroy() };
}

function ioredis(client: IoRedis5 | IoRedis6 | IoCluster5 | IoCluster6): Opened {
  return { store: ioredisKvStore({ redis: client }), close: () => client.disconnect() };
}

const host = "127.0.0.1";
const socket = (port: number) => ({ socket: { host, port } });
const roots = (port: number) => ({ rootNodes: [socket(port)] });
const sentinels = (port: number) => ({ name: "m", sentinelRootNodes: [{ host, port }] });
const ioSentinels = (port: number) => ({ name: "m", sentinels: [{ host, port }] });
const clients: { readonly [name: string]: (port: number) => Opened } = {
  "@redis/client 6": (port) => redis(createClient(socket(port))),
  "@redis/client 5": (port) => redis(client5.createClient(socket(port))),
  "a pool of @redis/client 6": (port) => redis(createClientPool(socket(port))),
  "a pool of @redis/client 5": (port) => redis(client5.createClientPool(socket(port))),
  "a cluster of @redis/client 6": (port) => redis(createCluster(roots(port))),
  "a cluster of @redis/client 5": (port) => redis(client5.createCluster(roots(port))),
  "sentinels of @redis/client 6": (port) => redis(createSentinel(sentinels(port))),
  "sentinels of @redis/client 5": (port) => redis(client5.createSentinel(sentinels(port))),
  "ioredis 6": (port) => ioredis(new IoRedis6({ host, port })),
  "ioredis 5": (port) => ioredis(new IoRedis5({ host, port })),
  "a cluster of ioredis 6": (port) => ioredis(new IoCluster6([{ host, port }])),
  "a cluster of ioredis 5": (port) => ioredis(new IoCluster5([{ host, port }])),
  "sentinels of ioredis 6": (port) => ioredis(new IoRedis6(ioSentinels(port))),
  "sentinels of ioredis 5": (port) => ioredis(new IoRedis5(ioSentinels(port))),
};

test.each(Object.entries(clients))(
  "a refused connection of %s names host and port, and how to check them",
  async (_, open) => {
    const port = await freePort();
    const { store, close } = open(port);
    await isTold(new RegExp(`${host}:${port}`), store);
    const told = await atDeadline((call) =>
      Promise.allSettled([store.set("a", "1", call), store.get("a", call), store.list("", call)]),
    );
    const reason = {
      code: "UNAVAILABLE",
      retryable: true,
      message: expect.stringContaining(`${host}:${port}`),
      hint: expect.stringContaining("redis-cli -h HOST -p PORT ping"),
    };
    expect(told).toMatchObject(told.map(() => ({ status: "rejected", reason })));
    close();
  },
);
