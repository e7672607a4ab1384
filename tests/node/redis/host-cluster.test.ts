// A real cluster, asked through the real hosts, passes the suite that the fake one of the native tests passes.
import { createCluster } from "@redis/client";
import { Cluster as IoCluster5 } from "ioredis";
import { Cluster as IoCluster6 } from "ioredis-6";
import * as client5 from "redis-client-5";
import { afterAll, afterEach } from "vitest";
import { clusterSender } from "../../../bindings/stores/redis/redis-cluster.ts";
import { overIoRedis, overRedis, testHosts } from "../support/redis-hosts.ts";
import { RedisCluster } from "../support/redis-server.ts";
import { RedisSlots } from "../support/redis-slots.ts";
import type { Servers } from "../support/redis-steps.ts";

const cluster = await RedisCluster.start();
afterAll(() => cluster[Symbol.asyncDispose]());
const slots = await RedisSlots.of(cluster);
const roots = cluster.ports.map((port) => ({ host: "127.0.0.1", port }));

const rootNodes = roots.map((socket) => ({ socket }));
const opened = {
  "a cluster of @redis/client 6": await overRedis(
    createCluster({ rootNodes }) as never,
    clusterSender,
  ),
  "a cluster of @redis/client 5": await overRedis(
    client5.createCluster({ rootNodes }) as never,
    clusterSender,
  ),
  "a cluster of ioredis 6": await overIoRedis(new IoCluster6(roots)),
  "a cluster of ioredis 5": await overIoRedis(new IoCluster5(roots)),
};

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

testHosts(opened, servers, true);
