// Opens the store of a Redis setting over the client that is installed. Both clients are optional
// packages, and a client is loaded when a store first needs it.
import type { KvError } from "../contract/errors.ts";
import type { RedisConnection } from "./redis-connection.ts";
import { settingError } from "./setting-error.ts";
import type { RedisSetting } from "./store-url.ts";

/**
 * Opens the store without waiting for the server: until the client is connected, operations fail
 * and say why. Rejects with `INVALID_ARGUMENT` if no client is installed; the hint says what to
 * install.
 */
export async function openRedis(setting: RedisSetting): Promise<RedisConnection> {
  const causes: unknown[] = [];
  const connection = (await tryIoredis(setting, causes)) ?? (await tryNodeRedis(setting, causes));
  if (connection !== null) return connection;
  throw notInstalled("npm install ioredis, or npm install @redis/client: either will do", causes);
}

/** As `openRedis`, but only with ioredis, so that a bundle contains no other client. */
export async function openIoredis(setting: RedisSetting): Promise<RedisConnection> {
  const causes: unknown[] = [];
  const connection = await tryIoredis(setting, causes);
  if (connection !== null) return connection;
  throw notInstalled("npm install ioredis, and deploy the Worker anew", causes);
}

// A bundler omits a package that is not installed if its import has a `catch`.
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
