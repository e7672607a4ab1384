// A real cluster, asked through the real hosts, passes the suite that the fake one of the native tests passes.
import { createCluster } from "@redis/client";
import { Cluster as IoCluster5 } from "ioredis";
import { Cluster as IoCluster6 } from "ioredis-6";
import * as client5 from "redis-client-5";
import { afterAll, afterEach, describe, test } from "vitest";
import type { Host } from "../../../bindings/drive.ts";
import { ioRedisHostOf } from "../../../bindings/hosts/ioredis.ts";
import { RedisHost } from "../../../bindings/hosts/redis.ts";
import { clusterSender } from "../../../bindings/hosts/redis-cluster.ts";
import suite from "../../conformance/host-redis.json" with { type: "json" };
import { eventually, RedisCluster } from "../support/redis-server.ts";
import { RedisSlots } from "../support/redis-slots.ts";
import { RedisSteps, type Servers, type Suite } from "../support/redis-steps.ts";

const cluster = await RedisCluster.start();
afterAll(() => cluster[Symbol.asyncDispose]());
const slots = await RedisSlots.of(cluster);
const roots = cluster.ports.map((port) => ({ host: "127.0.0.1", port }));

type Client = Parameters<typeof clusterSender>[0] & {
  on(event: "error", listen: () => void): unknown;
  connect(): Promise<unknown>;
  destroy(): unknown;
};
type Opened = { readonly host: Host; close(): unknown };

async function overRedis(client: Client): Promise<Opened> {
  client.on("error", () => {});
  await client.connect();
  return { host: new RedisHost(clusterSender(client)), close: () => client.destroy() };
}

async function overIoRedis(redis: IoCluster5 | IoCluster6): Promise<Opened> {
  redis.on("error", () => {});
  await eventually("the client is ready", () => redis.status === "ready");
  return { host: ioRedisHostOf(redis as never), close: () => redis.disconnect() };
}

const rootNodes = roots.map((socket) => ({ socket }));
const opened: { readonly [name: string]: Opened } = {
  "a cluster of @redis/client 6": await overRedis(createCluster({ rootNodes }) as never),
  "a cluster of @redis/client 5": await overRedis(client5.createCluster({ rootNodes }) as never),
  "a cluster of ioredis 6": await overIoRedis(new IoCluster6(roots)),
  "a cluster of ioredis 5": await overIoRedis(new IoCluster5(roots)),
};
afterAll(() => Object.values(opened).map((one) => one.close()));

const servers: Servers = {
  become: () => Promise.reject(new Error("this state is of a server that stands alone")),
  move: (key) => slots.open(key),
  carry: (key) => slots.carry(key),
  settle: (key) => slots.settle(key),
  async nameOf(key) {
    const { host, port } = (await slots.masterOf(key)).server;
    return `${host}:${port}`;
  },
};

afterEach(async () => {
  await slots.restore();
  await slots.clear();
});

describe.each(Object.entries(opened))("%s", (_, client) => {
  const { cases } = suite as unknown as Suite;
  for (const { name, steps } of cases.filter(({ cluster }) => cluster === true)) {
    test(name, { timeout: 60_000 }, async () => {
      const run = new RedisSteps(client.host, servers, suite as unknown as Suite);
      for (const step of steps) await run.step(step);
    });
  }
});
