// Answers that never arrive, from a master that sentinels watch: the client is told where it is, and
// goes there through a proxy.
import { createSentinel } from "@redis/client";
import { Redis as IoRedis5 } from "ioredis";
import { Redis as IoRedis6 } from "ioredis-6";
import * as client5 from "redis-client-5";
import { afterAll } from "vitest";
import { lostReplyCases } from "../support/lost-reply-cases.ts";
import { overIoRedis, overRedis } from "../support/redis-clients.ts";
import { RedisSentinels } from "../support/redis-server.ts";
import type { TcpProxies } from "../support/tcp-proxies.ts";

const trio = await RedisSentinels.start();
afterAll(() => trio[Symbol.asyncDispose]());
const master = await trio.master();

const name = trio.masterName;
const sentinels = trio.sentinelPorts.map((port) => ({ host: "127.0.0.1", port }));
const options = ({ addresses: nodeAddressMap }: TcpProxies) => ({
  name,
  sentinelRootNodes: sentinels,
  nodeAddressMap,
});
const clients = {
  "sentinels of @redis/client 6": (to: TcpProxies) =>
    overRedis(createSentinel(options(to)) as never),
  "sentinels of @redis/client 5": (to: TcpProxies) =>
    overRedis(client5.createSentinel(options(to)) as never),
  "sentinels of ioredis 6": ({ addresses: natMap }: TcpProxies) =>
    overIoRedis(new IoRedis6({ name, sentinels, natMap })),
  "sentinels of ioredis 5": ({ addresses: natMap }: TcpProxies) =>
    overIoRedis(new IoRedis5({ name, sentinels, natMap })),
};

for (const [name, connect] of Object.entries(clients)) {
  lostReplyCases(name, {
    ports: trio.servers.map(({ port }) => port),
    ask: (...command) => master.ask(...command),
    connect,
    queues: name.includes("@redis/client"),
  });
}
