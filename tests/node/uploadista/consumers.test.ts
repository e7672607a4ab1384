// Uploadista's consumers over the drop-in's stores outside a Worker, on real servers and a real disk.
import { createClient } from "@redis/client";
import { Effect } from "effect";
import { Redis as IoRedis5 } from "ioredis";
import { Redis as IoRedis6 } from "ioredis-6";
import { afterAll } from "vitest";
import {
  fileKvStore,
  ioRedisKvStore,
  memoryKvStore,
  redisKvStore,
} from "../../../bindings/entries/uploadista.node.ts";
import { testConsumers } from "../../uploadista/consumers.ts";
import { withDirectory } from "../file/directory.ts";
import { RedisServer } from "../support/redis-server.ts";

testConsumers("the memory store's own layer", (use) => use(memoryKvStore));
testConsumers("a memory store", (use) => use(memoryKvStore()));
testConsumers("a directory", (use) =>
  withDirectory((directory) => use(fileKvStore({ directory }))),
);

const server = await RedisServer.start();
const { host, port } = server;
const redis = createClient({ socket: { host, port } });
await redis.connect();
const five = new IoRedis5({ host, port });
const six = new IoRedis6({ host, port });
afterAll(async () => {
  redis.destroy();
  five.disconnect();
  six.disconnect();
  await server[Symbol.asyncDispose]();
});

testConsumers("@redis/client", (use) => use(redisKvStore({ redis })));
testConsumers("ioredis 5", (use) => use(ioRedisKvStore({ redis: five })));
testConsumers("ioredis 6", (use) => use(ioRedisKvStore({ redis: six })));
testConsumers("an object with four methods of @redis/client", (use) =>
  use(
    redisKvStore({
      redis: {
        get: (key) => redis.get(key),
        set: (key, value) => redis.set(key, value),
        del: (key) => redis.del(key),
        scan: (cursor, options) => redis.scan(cursor as string, options ?? {}),
      },
    }),
  ),
);
testConsumers("an object with four methods of ioredis", (use) =>
  use(
    ioRedisKvStore({
      redis: {
        get: (key) => five.get(key),
        set: (key, value) => five.set(key, value),
        del: (key) => five.del(key),
        scan: (...args) => five.scan(...args),
      },
    }),
  ),
);
testConsumers("an address of Redis", async (use) => {
  const layer = redisKvStore({ url: `redis://${host}:${port}/1` });
  await use(layer);
  await Effect.runPromise(layer.close());
});
testConsumers("an address of Redis for ioredis", async (use) => {
  const layer = ioRedisKvStore({ url: `redis://${host}:${port}/2` });
  await use(layer);
  await Effect.runPromise(layer.close());
});
