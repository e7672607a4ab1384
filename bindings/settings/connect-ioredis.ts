// Opens a client of ioredis from a setting. The caller passes the package: this file does not load it.
import type { Cluster, ClusterOptions, Redis, RedisOptions } from "ioredis";
import { ioredisKvStore } from "../stores/redis/ioredis-store.ts";
import { closingWith, type RedisConnection, settledWithin } from "./redis-connection.ts";
import type { RedisSetting } from "./store-url.ts";

type Ioredis = {
  readonly Redis: new (options: RedisOptions) => Redis;
  readonly Cluster: new (
    nodes: { host: string; port: number }[],
    options: ClusterOptions,
  ) => Cluster;
};

// The client repeats no command, because the store decides what follows a lost reply. An attempt to connect
// fails before the deadline of an operation.
const serverOptions = {
  maxRetriesPerRequest: 0,
  connectTimeout: 5000,
  retryStrategy: (times: number) => Math.min(50 * 2 ** Math.min(times, 6), 2000),
};

// Without it, a sentinel that accepts connections and never answers would keep the client from
// asking the next sentinel.
const sentinelTimeoutMs = 3000;

/** The store over a new client, which tries to connect until the store is closed. */
export function connectIoredis(
  { Redis, Cluster }: Ioredis,
  setting: RedisSetting,
): RedisConnection {
  const { kind, tls, hosts, database, masterName, options } = setting;
  const login = {
    ...(setting.username === undefined ? {} : { username: setting.username }),
    ...(setting.password === undefined ? {} : { password: setting.password }),
  };
  const server = { ...serverOptions, ...login, ...(tls ? { tls: {} } : {}) };
  const make = {
    redis: () => new Redis({ ...server, ...hosts[0], db: database }),
    "redis-cluster": () => new Cluster([...hosts], { redisOptions: server }),
    "redis-sentinel": () => {
      const { sentinelUsername, sentinelPassword } = options;
      return new Redis({
        ...server,
        db: database,
        name: masterName,
        sentinels: [...hosts],
        sentinelCommandTimeout: sentinelTimeoutMs,
        ...(sentinelUsername === undefined ? {} : { sentinelUsername }),
        ...(sentinelPassword === undefined ? {} : { sentinelPassword }),
        ...(tls ? { enableTLSForSentinelMode: true, sentinelTLS: {} } : {}),
      });
    },
  };
  const redis = make[kind]();
  const settled = settledWithin((done) => {
    // Without a listener, an error would end the process. The store itself reads the client's state.
    redis.on("error", done);
    redis.once("ready", done);
    redis.once("end", done);
  });
  const store = ioredisKvStore({ redis, keyNamespace: options.keyNamespace ?? "" });
  return { store: closingWith(store, () => redis.disconnect()), settled };
}
