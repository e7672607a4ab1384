// Answers that never arrive, from the nodes of a cluster: the client is told where they are, and goes
// there through proxies.
import { createCluster } from "@redis/client";
import { Cluster as IoCluster5 } from "ioredis";
import { Cluster as IoCluster6 } from "ioredis-6";
import * as client5 from "redis-client-5";
import { afterAll } from "vitest";
import { lostReplyCases } from "../support/lost-reply-cases.ts";
import { overIoRedis, overRedis } from "../support/redis-clients.ts";
import { RedisCluster } from "../support/redis-server.ts";
import type { TcpProxies } from "../support/tcp-proxies.ts";

const cluster = await RedisCluster.start();
afterAll(() => cluster[Symbol.asyncDispose]());

const options = ({ reached, addresses }: TcpProxies) => ({
  rootNodes: reached.map((socket) => ({ socket })),
  nodeAddressMap: addresses,
});
const clients = {
  "a cluster of @redis/client 6": (to: TcpProxies) =>
    overRedis(createCluster(options(to)) as never),
  "a cluster of @redis/client 5": (to: TcpProxies) =>
    overRedis(client5.createCluster(options(to)) as never),
  "a cluster of ioredis 6": ({ reached, addresses: natMap }: TcpProxies) =>
    overIoRedis(new IoCluster6(reached, { natMap })),
  "a cluster of ioredis 5": ({ reached, addresses: natMap }: TcpProxies) =>
    overIoRedis(new IoCluster5(reached, { natMap })),
};

for (const [name, connect] of Object.entries(clients)) {
  lostReplyCases(name, {
    ports: cluster.ports,
    ask: async (...command) => (await cluster.servers[0]?.ask("-c", ...command)) ?? "",
    connect,
    queues: true,
  });
}
