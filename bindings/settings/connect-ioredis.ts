// Clients of ioredis from a setting. The package comes as an argument: this file does not load it.
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

// Nothing that was sent is sent again by the client: what a lost reply means is the store's decision.
// A connection that cannot be made fails before an operation's deadline.
const decidedByTheStore = {
  maxRetriesPerRequest: 0,
  connectTimeout: 5000,
  retryStrategy: (times: number) => Math.min(50 * 2 ** Math.min(times, 6), 2000),
};

// A sentinel that takes connections and answers nothing would keep the client from asking the next one.
const sentinelPatienceMs = 3000;

/** The store over a client that goes on trying to connect until the store is closed. */
export function connectIoredis(
  { Redis, Cluster }: Ioredis,
  setting: RedisSetting,
): RedisConnection {
  const { kind, tls, hosts, database, masterName, options } = setting;
  const login = {
    ...(setting.username === undefined ? {} : { username: setting.username }),
    ...(setting.password === undefined ? {} : { password: setting.password }),
  };
  const server = { ...decidedByTheStore, ...login, ...(tls ? { tls: {} } : {}) };
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
        sentinelCommandTimeout: sentinelPatienceMs,
        ...(sentinelUsername === undefined ? {} : { sentinelUsername }),
        ...(sentinelPassword === undefined ? {} : { sentinelPassword }),
        ...(tls ? { enableTLSForSentinelMode: true, sentinelTLS: {} } : {}),
      });
    },
  };
  const redis = make[kind]();
  const settled = settledWithin((done) => {
    // An error without a listener would end the process. The store reads the client's state.
    redis.on("error", done);
    redis.once("ready", done);
    redis.once("end", done);
  });
  const store = ioredisKvStore({ redis, keyNamespace: options.keyNamespace ?? "" });
  return { store: closingWith(store, () => redis.disconnect()), settled };
}
