// Answers that never arrive, over one server: a client, and a pool of them.
import { createClient, createClientPool } from "@redis/client";
import { Redis as IoRedis5 } from "ioredis";
import { Redis as IoRedis6 } from "ioredis-6";
import * as client5 from "redis-client-5";
import { afterAll } from "vitest";
import { lostReplyCases } from "../support/lost-reply-cases.ts";
import { type Opened, overIoRedis, overRedis } from "../support/redis-clients.ts";
import { RedisServer } from "../support/redis-server.ts";
import type { TcpProxies } from "../support/tcp-proxies.ts";

const server = await RedisServer.start();
afterAll(() => server[Symbol.asyncDispose]());

const ioAddress = ({ reached: [address] }: TcpProxies) => ({ ...address });
const address = (proxies: TcpProxies) => ({ socket: ioAddress(proxies) });
/** Closed when its commands have ended: version 5 throws in a timer if it is destroyed amid them. */
async function overPool(pool: ReturnType<typeof createClientPool>): Promise<Opened> {
  const { store } = await overRedis(pool);
  return { store, close: () => pool.close() };
}
const clients = {
  "@redis/client 6": (to: TcpProxies) => overRedis(createClient(address(to))),
  "@redis/client 5": (to: TcpProxies) => overRedis(client5.createClient(address(to))),
  "a pool of @redis/client 6": (to: TcpProxies) => overPool(createClientPool(address(to))),
  "a pool of @redis/client 5": (to: TcpProxies) =>
    overPool(client5.createClientPool(address(to)) as never),
  "ioredis 6": (to: TcpProxies) => overIoRedis(new IoRedis6(ioAddress(to))),
  "ioredis 5": (to: TcpProxies) => overIoRedis(new IoRedis5(ioAddress(to))),
  "ioredis 6, which sends nothing again": (to: TcpProxies) =>
    overIoRedis(new IoRedis6({ ...ioAddress(to), autoResendUnfulfilledCommands: false })),
  "ioredis 5, which sends nothing again": (to: TcpProxies) =>
    overIoRedis(new IoRedis5({ ...ioAddress(to), autoResendUnfulfilledCommands: false })),
};

for (const [name, connect] of Object.entries(clients)) {
  lostReplyCases(name, {
    ports: [server.port],
    ask: (...command) => server.ask(...command),
    connect,
  });
}
