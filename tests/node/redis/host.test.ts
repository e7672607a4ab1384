// Real servers, asked through the real hosts, pass the suite that the fake Redis of the native tests passes.
import { createClient } from "@redis/client";
import { Redis as IoRedis5 } from "ioredis";
import { Redis as IoRedis6 } from "ioredis-6";
import * as client5 from "redis-client-5";
import { afterAll, afterEach, describe, test } from "vitest";
import type { Host } from "../../../bindings/drive.ts";
import { ioRedisHostOf } from "../../../bindings/hosts/ioredis.ts";
import { clientSender, RedisHost } from "../../../bindings/hosts/redis.ts";
import suite from "../../conformance/host-redis.json" with { type: "json" };
import { eventually, freePort, RedisServer } from "../support/redis-server.ts";
import { RedisSteps, type Servers, type Suite } from "../support/redis-steps.ts";

const server = await RedisServer.start({ appendOnly: true });
afterAll(() => server[Symbol.asyncDispose]());
const { host, port } = server;

type Client = Parameters<typeof clientSender>[0] & {
  on(event: "error", listen: () => void): unknown;
  connect(): Promise<unknown>;
  destroy(): unknown;
};
type Opened = { readonly host: Host; close(): unknown };

async function overRedis(client: Client): Promise<Opened> {
  client.on("error", () => {});
  await client.connect();
  return { host: new RedisHost(clientSender(client)), close: () => client.destroy() };
}

async function overIoRedis(redis: IoRedis5 | IoRedis6): Promise<Opened> {
  redis.on("error", () => {});
  await eventually("the client is ready", () => redis.status === "ready");
  return { host: ioRedisHostOf(redis as never), close: () => redis.disconnect() };
}

const opened: { readonly [name: string]: Opened } = {
  "@redis/client 6": await overRedis(createClient({ socket: { host, port } }) as never),
  "@redis/client 5": await overRedis(client5.createClient({ socket: { host, port } }) as never),
  "ioredis 6": await overIoRedis(new IoRedis6({ host, port })),
  "ioredis 5": await overIoRedis(new IoRedis5({ host, port })),
};
afterAll(() => Object.values(opened).map((one) => one.close()));

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

describe.each(Object.entries(opened))("%s", (_, client) => {
  const { cases } = suite as unknown as Suite;
  for (const { name, steps } of cases.filter(({ cluster }) => cluster !== true)) {
    test(name, { timeout: 60_000 }, async () => {
      const run = new RedisSteps(client.host, servers, suite as unknown as Suite);
      for (const step of steps) await run.step(step);
    });
  }
});
