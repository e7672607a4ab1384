// Opens a client of @redis/client from a setting. The caller passes the package: this file does not
// load it.
import type { createClient, createCluster, createSentinel } from "@redis/client";
import { redisKvStore } from "../stores/redis/redis-store.ts";
import { closingWith, type RedisConnection, settledWithin } from "./redis-connection.ts";
import type { RedisSetting } from "./store-url.ts";

type NodeRedis = {
  readonly createClient: typeof createClient;
  readonly createCluster: typeof createCluster;
  readonly createSentinel: typeof createSentinel;
};

const reconnectMs = 1000;
// Without it, a node or a sentinel that accepts connections and never answers would keep the client
// from asking the next one, and from closing. Pings keep an idle connection open.
const socketTimeoutMs = 3000;

/** The store over a new client, which tries to connect until the store is closed. */
export function connectRedis(client: NodeRedis, setting: RedisSetting): RedisConnection {
  const { kind, hosts, database, masterName, options } = setting;
  const login = loginOf(setting.username, setting.password);
  const tls = setting.tls ? { tls: true as const } : {};
  const socket = { connectTimeout: 5000, ...tls };
  const withTimeout = {
    socket: { ...socket, socketTimeout: socketTimeoutMs },
    pingInterval: socketTimeoutMs / 2,
  };
  const make = {
    redis: () => client.createClient({ ...login, database, socket: { ...socket, ...hosts[0] } }),
    "redis-cluster": () =>
      client.createCluster({
        rootNodes: hosts.map((host) => ({ socket: host })),
        defaults: { ...login, ...withTimeout },
      }),
    "redis-sentinel": () =>
      client.createSentinel({
        name: masterName,
        sentinelRootNodes: [...hosts],
        nodeClientOptions: { ...login, database, socket },
        sentinelClientOptions: {
          ...loginOf(options.sentinelUsername, options.sentinelPassword),
          ...withTimeout,
        },
      }),
  };
  const redis = make[kind]();
  let isClosed = false;
  let again: ReturnType<typeof setTimeout> | undefined;
  const settled = settledWithin((done) => {
    // Without a listener, an error would end the process. The store itself reads the client's state.
    redis.on("error", done);
    const connect = () => {
      // After a failed first attempt, some kinds of client do not try again by themselves.
      redis.connect().then(done, () => {
        done();
        if (!isClosed) again = setTimeout(connect, reconnectMs);
      });
    };
    connect();
  });
  const store = redisKvStore({ redis, keyNamespace: options.keyNamespace ?? "" });
  const end = () => {
    isClosed = true;
    clearTimeout(again);
    if (redis.isOpen) redis.destroy();
  };
  return { store: closingWith(store, end), settled };
}

function loginOf(username: string | undefined, password: string | undefined) {
  return {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
  };
}
