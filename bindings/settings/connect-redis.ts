// Clients of @redis/client from a setting. The package comes as an argument: this file does not load it.
import type { createClient, createCluster, createSentinel } from "@redis/client";
import { redisKvStore } from "../stores/redis/redis-store.ts";
import { closingWith, type RedisConnection, settledWithin } from "./redis-connection.ts";
import type { RedisSetting } from "./store-url.ts";

type NodeRedis = {
  readonly createClient: typeof createClient;
  readonly createCluster: typeof createCluster;
  readonly createSentinel: typeof createSentinel;
};

const connectAgainMs = 1000;
// A node or sentinel that takes connections and answers nothing would keep the client from asking the next
// one, and from being closed. A connection that is idle is kept by its pings.
const patienceMs = 3000;

/** The store over a client that goes on trying to connect until the store is closed. */
export function connectRedis(client: NodeRedis, setting: RedisSetting): RedisConnection {
  const { kind, hosts, database, masterName, options } = setting;
  const login = loginOf(setting.username, setting.password);
  const tls = setting.tls ? { tls: true as const } : {};
  const socket = { connectTimeout: 5000, ...tls };
  const impatient = {
    socket: { ...socket, socketTimeout: patienceMs },
    pingInterval: patienceMs / 2,
  };
  const make = {
    redis: () => client.createClient({ ...login, database, socket: { ...socket, ...hosts[0] } }),
    "redis-cluster": () =>
      client.createCluster({
        rootNodes: hosts.map((host) => ({ socket: host })),
        defaults: { ...login, ...impatient },
      }),
    "redis-sentinel": () =>
      client.createSentinel({
        name: masterName,
        sentinelRootNodes: [...hosts],
        nodeClientOptions: { ...login, database, socket },
        sentinelClientOptions: {
          ...loginOf(options.sentinelUsername, options.sentinelPassword),
          ...impatient,
        },
      }),
  };
  const redis = make[kind]();
  let isClosed = false;
  let again: ReturnType<typeof setTimeout> | undefined;
  const settled = settledWithin((done) => {
    // An error without a listener would end the process. The store reads the client's state.
    redis.on("error", done);
    const connect = () => {
      // Not every kind of client tries again by itself when the first attempt has failed.
      redis.connect().then(done, () => {
        done();
        if (!isClosed) again = setTimeout(connect, connectAgainMs);
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
