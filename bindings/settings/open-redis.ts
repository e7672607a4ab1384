// The store of a Redis setting, over whichever client is installed: both are optional, and one is
// loaded when a store first wants it.
import type { KvError } from "../contract/errors.ts";
import type { RedisConnection } from "./redis-connection.ts";
import { settingError } from "./setting-error.ts";
import type { RedisSetting } from "./store-url.ts";

/**
 * Opens it without waiting for the server: until the client is connected, operations fail with what
 * is wrong. Without a client it rejects with `INVALID_ARGUMENT`, which says what to install.
 */
export async function openRedis(setting: RedisSetting): Promise<RedisConnection> {
  const causes: unknown[] = [];
  const connection = (await tryIoredis(setting, causes)) ?? (await tryNodeRedis(setting, causes));
  if (connection !== null) return connection;
  throw notInstalled("npm install ioredis, or npm install @redis/client: either will do", causes);
}

/** As `openRedis`, but only ioredis will do, so that a bundle holds no other client. */
export async function openIoredis(setting: RedisSetting): Promise<RedisConnection> {
  const causes: unknown[] = [];
  const connection = await tryIoredis(setting, causes);
  if (connection !== null) return connection;
  throw notInstalled("npm install ioredis, and deploy the Worker anew", causes);
}

// A bundler leaves out what is imported with a catch and is not there.
async function tryIoredis(
  setting: RedisSetting,
  causes: unknown[],
): Promise<RedisConnection | null> {
  const client = await import("ioredis").catch((cause: unknown) => {
    causes.push(cause);
    return null;
  });
  if (client === null) return null;
  const { connectIoredis } = await import("./connect-ioredis.ts");
  return connectIoredis(client, setting);
}

async function tryNodeRedis(
  setting: RedisSetting,
  causes: unknown[],
): Promise<RedisConnection | null> {
  const client = await import("@redis/client").catch((cause: unknown) => {
    causes.push(cause);
    return null;
  });
  if (client === null) return null;
  const { connectRedis } = await import("./connect-redis.ts");
  return connectRedis(client, setting);
}

function notInstalled(hint: string, causes: readonly unknown[]): KvError {
  const message = "the setting names Redis, and no client of it is installed";
  return settingError(message, hint, new AggregateError(causes));
}
