// A Redis server of the test file's own, and a client of each library over it; they end with the file.
import { createClient } from "@redis/client";
import { Redis } from "ioredis";
import { afterAll } from "vitest";
import { RedisServer } from "../support/redis-server.ts";

export const server = await RedisServer.start();
const { host, port } = server;
export const redis = createClient({ socket: { host, port } });
await redis.connect();
export const ioredis = new Redis({ host, port });
afterAll(async () => {
  redis.destroy();
  ioredis.disconnect();
  await server[Symbol.asyncDispose]();
});
