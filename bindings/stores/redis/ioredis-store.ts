// The store over a client of ioredis.

import { sharedCore } from "../../boundary/shared-core.ts";
import type { ByteStore } from "../../contract/bytes.ts";
import { hasMethods } from "../../contract/methods.ts";
import { CoreStore } from "../../operation/core-store.ts";
import { OpenStore } from "../../operation/open-store.ts";
import { ioRedisHostOf } from "./ioredis-host.ts";
import type { IoRedisClient, IoRedisCluster } from "./redis-clients.ts";
import { isIoRedis, wrongClient } from "./redis-clients.ts";

export type IoRedisKvStoreOptions = {
  /** A `Redis` (also through sentinels) or a `Cluster` of ioredis 5 or 6. The store does not close it. */
  readonly redis: IoRedisClient | IoRedisCluster;
  /** A prefix that callers never see. In Redis, it follows the client's own `keyPrefix`. */
  readonly keyNamespace?: string;
};

/**
 * A store over a client of ioredis. Its keys are those that the client's own commands would use. Throws
 * `INVALID_ARGUMENT` for another object, and for a client that reads from replicas.
 */
export function ioredisKvStore(options: IoRedisKvStoreOptions): ByteStore {
  const { redis, keyNamespace = "" } = options;
  checkClient(redis);
  const store = new OpenStore(sharedCore, {
    kind: "ioredis",
    keyNamespace,
    cluster: "nodes" in redis,
    clientPrefix: String(redis.options.keyPrefix ?? ""),
    addsClientPrefix: true,
  });
  return new CoreStore(store, ioRedisHostOf(redis), keyNamespace);
}

function checkClient(redis: IoRedisClient | IoRedisCluster): void {
  if (!isIoRedis(redis)) {
    const isOther =
      hasMethods(redis, "sendCommand") || hasMethods(redis, "get", "set", "del", "scan");
    const hint = isOther
      ? "pass a client that is not of ioredis to redisKvStore({ redis })"
      : "pass a Redis or a Cluster of ioredis as { redis }";
    throw wrongClient("ioredis", "redis is no client of ioredis", hint);
  }
  const { scaleReads = "master", role = "master" } = redis.options;
  if (scaleReads === "master" && role === "master") return;
  throw wrongClient(
    "ioredis",
    "the client reads from replicas, which may lack a write that was acknowledged",
    'pass a client of its own for the store, with scaleReads or role "master" or without',
  );
}
