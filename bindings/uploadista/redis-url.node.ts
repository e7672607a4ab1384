// Opens an address of Redis outside a Worker, with the client that is installed.
import type { KvStore } from "../contract/contract.ts";
import { openIoredis, openRedis } from "../settings/open-redis.ts";
import type { RedisConnection } from "../settings/redis-connection.ts";
import { settingError } from "../settings/setting-error.ts";
import { parseStoreUrl, type RedisSetting, validSettings } from "../settings/store-url.ts";
import type { OpenUrl } from "./redis-url.ts";

function openingWith(open: (setting: RedisSetting) => Promise<RedisConnection>): OpenUrl {
  return async ({ url, keyNamespace }): Promise<KvStore> => {
    const setting = parseStoreUrl(url, "url");
    if (setting.kind === "memory" || setting.kind === "file") {
      throw settingError("url names no Redis", `it can be ${validSettings}`);
    }
    const options = { ...setting.options, ...(keyNamespace !== undefined && { keyNamespace }) };
    const { store, settled } = await open({ ...setting, options });
    await settled;
    return store;
  };
}

export const openRedisUrl: OpenUrl = openingWith(openRedis);
export const openIoRedisUrl: OpenUrl = openingWith(openIoredis);
