// Stores over each kind of client of each version, on servers of a test.
import { createClient, createClientPool, createCluster, createSentinel } from "@redis/client";
import { Cluster as IoCluster5, Redis as IoRedis5 } from "ioredis";
import { Cluster as IoCluster6, Redis as IoRedis6 } from "ioredis-6";
import * as client5 from "redis-client-5";
import type { ByteStore } from "../../../bindings/contract/bytes.ts";
import { ioredisKvStore } from "../../../bindings/stores/redis/ioredis-store.ts";
import { redisKvStore } from "../../../bindings/stores/redis/redis-store.ts";
import { patient } from "../../patience.ts";
import { pairwise, type Row } from "./pairwise.ts";
import type { RedisCluster, RedisSentinels, RedisServer } from "./redis-server.ts";

/** A store over a client that this connected; both close together. What it is asked has time, however slow the machine. */
export type Opened = { readonly store: ByteStore; close(): Promise<unknown> };

type Connectable = {
  on(event: "error", listen: () => void): unknown;
  connect(): Promise<unknown>;
  destroy(): unknown;
};

// What goes wrong with a connection is the store's to tell.
const silent = () => {};

export async function overRedis(client: Connectable, keyNamespace = ""): Promise<Opened> {
  client.on("error", silent);
  await client.connect();
  const store = patient(redisKvStore({ redis: client as never, keyNamespace }));
  return { store, close: async () => client.destroy() };
}

type AnyIoRedis = { disconnect(): void; once(event: "ready", listen: () => void): unknown };

export async function overIoRedis(redis: AnyIoRedis, keyNamespace = ""): Promise<Opened> {
  const store = patient(ioredisKvStore({ redis: redis as never, keyNamespace }));
  return { store, close: async () => redis.disconnect() };
}

const loginOf = (server: RedisServer | undefined) => ({
  ...(server?.username != null && { username: server.username }),
  ...(server?.password != null && { password: server.password }),
});
const address = ({ host, port, username, password, ca }: RedisServer) => ({
  ...(username !== null && { username }),
  ...(password !== null && { password }),
  socket: { host, port, ...(ca !== null && { tls: true as const, ca }) },
});
const ioAddress = ({ host, port, username, password, ca }: RedisServer) => ({
  host,
  port,
  ...(username !== null && { username }),
  ...(password !== null && { password }),
  ...(ca !== null && { tls: { ca } }),
});
const roots = (cluster: RedisCluster) => ({
  rootNodes: cluster.servers.map((server) => address(server)),
  defaults: loginOf(cluster.servers[0]),
});
const sentinelRoots = (trio: RedisSentinels) => ({
  name: trio.masterName,
  sentinelRootNodes: trio.sentinelPorts.map((port) => ({ host: "127.0.0.1", port })),
});
const ioSentinelRoots = (trio: RedisSentinels) => ({
  name: trio.masterName,
  sentinels: trio.sentinelPorts.map((port) => ({ host: "127.0.0.1", port })),
});

// Options that change how commands are sent, or how replies read.
const changing = {
  enableAutoPipelining: true,
  stringNumbers: true,
  showFriendlyErrorStack: true,
  keyPrefix: "flushall",
};
const ioClusterRoots = (cluster: RedisCluster) =>
  cluster.ports.map((port) => ({ host: "127.0.0.1", port }));
const ioClusterLogin = ({ servers: [server] }: RedisCluster) => ({
  redisOptions: loginOf(server),
});
const changingInCluster = { ...changing, redisOptions: { stringNumbers: true } };

export const standaloneClients = {
  "@redis/client 6": (server: RedisServer) => overRedis(createClient(address(server))),
  "@redis/client 5": (server: RedisServer) => overRedis(client5.createClient(address(server))),
  "ioredis 6": (server: RedisServer) => overIoRedis(new IoRedis6(ioAddress(server))),
  "ioredis 5": (server: RedisServer) => overIoRedis(new IoRedis5(ioAddress(server))),
} as const;

export const otherClients = {
  "a pool of @redis/client 6": (server: RedisServer) =>
    overRedis(createClientPool(address(server))),
  "a pool of @redis/client 5": (server: RedisServer) =>
    overRedis(client5.createClientPool(address(server)) as never),
  "an object with get, set, del and scan": async (server: RedisServer): Promise<Opened> => {
    const client = createClient(address(server));
    client.on("error", silent);
    await client.connect();
    const redis = {
      get: (key: string) => client.get(key),
      set: (key: string, value: string) => client.set(key, value),
      del: (key: string) => client.del(key),
      scan: (cursor: string, options: { MATCH: string; COUNT: number }) =>
        client.scan(cursor, options),
    };
    return { store: patient(redisKvStore({ redis })), close: async () => client.destroy() };
  },
  "@redis/client 6 with a keyPrefix": (server: RedisServer) =>
    overRedis(createClient({ ...address(server), keyPrefix: "app:" })),
  "ioredis 6 with a keyPrefix": (server: RedisServer) =>
    overIoRedis(new IoRedis6({ ...ioAddress(server), keyPrefix: "app*:" })),
  "ioredis 5 with a keyPrefix": (server: RedisServer) =>
    overIoRedis(new IoRedis5({ ...ioAddress(server), keyPrefix: "app*:" })),
  "ioredis 6 with every option that changes commands or replies": (server: RedisServer) =>
    overIoRedis(new IoRedis6({ ...ioAddress(server), ...changing })),
  "ioredis 5 with every option that changes commands or replies": (server: RedisServer) =>
    overIoRedis(new IoRedis5({ ...ioAddress(server), ...changing })),
} as const;

export const clusterClients = {
  "a cluster of @redis/client 6": (cluster: RedisCluster) =>
    overRedis(createCluster(roots(cluster)) as never),
  "a cluster of @redis/client 5": (cluster: RedisCluster) =>
    overRedis(client5.createCluster(roots(cluster)) as never),
  "a cluster of ioredis 6": (cluster: RedisCluster) =>
    overIoRedis(new IoCluster6(ioClusterRoots(cluster), ioClusterLogin(cluster))),
  "a cluster of ioredis 5": (cluster: RedisCluster) =>
    overIoRedis(new IoCluster5(ioClusterRoots(cluster), ioClusterLogin(cluster))),
} as const;

export const otherClusterClients = {
  "a cluster of ioredis 6 with every option that changes commands or replies": (
    cluster: RedisCluster,
  ) => overIoRedis(new IoCluster6(ioClusterRoots(cluster), changingInCluster)),
  "a cluster of ioredis 5 with every option that changes commands or replies": (
    cluster: RedisCluster,
  ) => overIoRedis(new IoCluster5(ioClusterRoots(cluster), changingInCluster)),
} as const;

export const sentinelClients = {
  "sentinels of @redis/client 6": (trio: RedisSentinels) =>
    overRedis(createSentinel(sentinelRoots(trio)) as never),
  "sentinels of @redis/client 5": (trio: RedisSentinels) =>
    overRedis(client5.createSentinel(sentinelRoots(trio)) as never),
  "sentinels of ioredis 6": (trio: RedisSentinels) =>
    overIoRedis(new IoRedis6(ioSentinelRoots(trio))),
  "sentinels of ioredis 5": (trio: RedisSentinels) =>
    overIoRedis(new IoRedis5(ioSentinelRoots(trio))),
} as const;

/** On a server that wants TLS and a login. */
export const securedClients = Object.fromEntries(
  Object.entries(standaloneClients).map(([name, connect]) => [
    `${name} with TLS and an ACL user`,
    connect,
  ]),
);

/** What makes one kind of client differ from another, as its name says it. */
function traitsOf(name: string): Row {
  return {
    library: /@redis\/client|ioredis/.exec(name)?.[0] ?? "four methods",
    version: /\b[56]\b/.exec(name)?.[0] ?? "any",
    servers: /cluster|sentinels|pool/.exec(name)?.[0] ?? "one",
    options: /keyPrefix|every option|TLS/.exec(name)?.[0] ?? "none",
  };
}

/** The clients of the quick tier: any two of these traits meet in one of them, if they meet in any client. */
export const quickClients: readonly string[] = pairwise(
  Object.keys({
    ...standaloneClients,
    ...otherClients,
    ...securedClients,
    ...clusterClients,
    ...otherClusterClients,
    ...sentinelClients,
  }),
  traitsOf,
);

/** Those of them that are among these. */
export function quickAmong(clients: { readonly [name: string]: unknown }): string[] {
  return quickClients.filter((name) => name in clients);
}
