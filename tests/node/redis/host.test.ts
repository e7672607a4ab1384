// Real servers, asked through the real hosts, pass the suite that the fake Redis of the native tests passes.
import { createClient } from "@redis/client";
import { Redis as IoRedis5 } from "ioredis";
import { Redis as IoRedis6 } from "ioredis-6";
import * as client5 from "redis-client-5";
import { afterAll, afterEach } from "vitest";
import { clientSender } from "../../../bindings/stores/redis/redis-host.ts";
import { overIoRedis, overRedis, testHosts } from "../support/redis-hosts.ts";
import { freePort, RedisServer } from "../support/redis-server.ts";
import type { Servers } from "../support/redis-steps.ts";

const server = await RedisServer.start({ appendOnly: true });
afterAll(() => server[Symbol.asyncDispose]());
const { host, port } = server;

const opened = {
  "@redis/client 6": await overRedis(
    createClient({ socket: { host, port } }) as never,
    clientSender,
  ),
  "@redis/client 5": await overRedis(
    client5.createClient({ socket: { host, port } }) as never,
    clientSender,
  ),
  "ioredis 6": await overIoRedis(new IoRedis6({ host, port })),
  "ioredis 5": await overIoRedis(new IoRedis5({ host, port })),
};

const notInThisTest = () => Promise.reject(new Error("the server is no cluster"));
const servers: Servers = {
  async become(state) {
    if (state === "restarted") return server.restart();
    await server.ask("CONFIG", "SET", "maxmemory", state === "full" ? "1" : "0");
    const primary = state === "replica" ? [host, `${await freePort()}`] : ["NO", "ONE"];
    await server.ask("REPLICAOF", ...primary);
  },
  move: notInThisTest,
  carry: notInThisTest,
  settle: notInThisTest,
  nameOf: notInThisTest,
};

afterEach(async () => {
  await servers.become("normal");
  await server.ask("FLUSHALL");
});

testHosts(opened, servers, false);
