// A cluster that serves no slot yet, on a real server.
import { createCluster } from "@redis/client";
import { Cluster as IoCluster5 } from "ioredis";
import { Cluster as IoCluster6 } from "ioredis-6";
import * as client5 from "redis-client-5";
import { describe, expect, test } from "vitest";
import type { KvStore } from "../../../bindings/contract/contract.ts";
import { ioredisKvStore } from "../../../bindings/stores/redis/ioredis-store.ts";
import { redisKvStore } from "../../../bindings/stores/redis/redis-store.ts";
import { patient } from "../../patience.ts";
import { atDeadline, isTold } from "../support/leap.ts";
import { RedisServer } from "../support/redis-server.ts";

type Opened = { readonly store: KvStore; close(): unknown };
type Address = { readonly host: string; readonly port: number };

async function overRedis(redis: ReturnType<typeof createCluster>): Promise<Opened> {
  redis.on("error", () => {});
  const store = patient(redisKvStore({ redis }));
  await redis.connect().catch(() => {});
  return { store, close: () => redis.isOpen && redis.destroy() };
}

function overIoRedis(redis: IoCluster6 | IoCluster5): Opened {
  redis.on("error", () => {});
  return { store: patient(ioredisKvStore({ redis })), close: () => redis.disconnect() };
}

const clients: { readonly [name: string]: (root: Address) => Opened | Promise<Opened> } = {
  "@redis/client 6": (root) => overRedis(createCluster({ rootNodes: [{ socket: { ...root } }] })),
  "@redis/client 5": (root) =>
    overRedis(client5.createCluster({ rootNodes: [{ socket: { ...root } }] }) as never),
  "ioredis 6": (root) => overIoRedis(new IoCluster6([{ ...root }])),
  "ioredis 5": (root) => overIoRedis(new IoCluster5([{ ...root }])),
};

describe.each(Object.entries(clients))("%s", (_, open) => {
  test("a cluster without slots is unavailable until it has them, and the hint says how to look", async () => {
    await using server = await RedisServer.start({
      settings: ["--cluster-enabled", "yes", "--cluster-announce-ip", "127.0.0.1"],
    });
    const { store, close } = await open(server);
    await isTold(/slots cache/, store);
    const told = await atDeadline((call) =>
      Promise.allSettled([store.set("a", "1", call), store.get("a", call), store.list("", call)]),
    );
    const reason = {
      code: "UNAVAILABLE",
      retryable: true,
      message: expect.stringContaining("slots cache"),
      hint: expect.stringContaining("redis-cli cluster info"),
    };
    expect(told).toMatchObject(told.map(() => ({ status: "rejected", reason })));
    await server.ask("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
    await store.set("a", "1");
    expect(await store.get("a")).toBe("1");
    expect(await store.list()).toEqual(["a"]);
    close();
  });
});
