// The store over a client of @redis/client, and over any object with `get`, `set`, `del` and `scan`.

import { sharedCore } from "../../boundary/shared-core.ts";
import type { ByteStore } from "../../contract/bytes.ts";
import { hasMethods } from "../../contract/methods.ts";
import { CoreStore } from "../../operation/core-store.ts";
import type { Host } from "../../operation/host.ts";
import { OpenStore } from "../../operation/open-store.ts";
import type { RedisClient, RedisLike } from "./redis-clients.ts";
import { isIoRedis, wrongClient } from "./redis-clients.ts";
import { clusterSender } from "./redis-cluster.ts";
import { clientSender, poolSender, RedisHost, sentinelSender } from "./redis-host.ts";
import { RedisLikeHost } from "./redis-like-host.ts";
import type { Sender } from "./redis-sender.ts";

export type { RedisClient, RedisLike } from "./redis-clients.ts";

export type RedisKvStoreOptions = {
  /**
   * A connected client, pool, sentinel or cluster of `@redis/client` 5 or 6. The store does not
   * close it.
   */
  readonly redis: RedisClient | RedisLike;
  /** A prefix that callers never see. */
  readonly keyNamespace?: string;
};

/**
 * A store over a client of `@redis/client`. Values are text, whatever the client's type mapping
 * says. Over an object with only `get`, `set`, `del` and `scan`, the store has the basic
 * operations: its capabilities say which are missing. Throws `INVALID_ARGUMENT` for any other
 * object.
 */
export function redisKvStore(options: RedisKvStoreOptions): ByteStore {
  const { redis, keyNamespace = "" } = options;
  const { sender, host } = connectionOf(redis);
  const config =
    sender === null
      ? { kind: "redis-like", keyNamespace }
      : {
          kind: "redis",
          keyNamespace,
          cluster: sender.isCluster,
          clientPrefix: (redis as { _keyPrefix?: string })._keyPrefix ?? "",
        };
  return new CoreStore(new OpenStore(sharedCore, config), host, keyNamespace);
}

type Connection = { readonly sender: Sender | null; readonly host: Host };

// Stores over one client share a connection, which listens to the client's events.
const connections = new WeakMap<object, Connection>();

function connectionOf(redis: RedisClient | RedisLike): Connection {
  const known = connections.get(redis);
  if (known !== undefined) return known;
  const sender = senderOf(redis);
  const host = sender === null ? new RedisLikeHost(redis as RedisLike) : new RedisHost(sender);
  const connection = { sender, host };
  connections.set(redis, connection);
  return connection;
}

function senderOf(redis: RedisClient | RedisLike): Sender | null {
  if (isIoRedis(redis)) {
    const hint = "pass it to ioredisKvStore({ redis })";
    throw wrongClient("redis", "redis is a client of ioredis", hint);
  }
  if (hasMethods(redis, "sendCommand")) {
    if (hasMethods(redis, "nodeClient")) return clusterSender(redis as never);
    if (hasMethods(redis, "getMasterNode")) return sentinelSender(redis as never);
    if (hasMethods(redis, "execute")) return poolSender(redis as never);
    return clientSender(redis as never);
  }
  if (hasMethods(redis, "get", "set", "del", "scan")) return null;
  throw wrongClient(
    "redis",
    "redis is no client, and has not the methods get, set, del and scan",
    "pass a connected client of @redis/client as { redis }, and one of ioredis to ioredisKvStore",
  );
}
