// Real Redis servers for tests: on ports of this machine, with data in temporary folders, and gone with
// `await using`. Nothing else on the machine is used or touched.
export { type ClusterNode, RedisCluster } from "./redis/cluster.ts";
export { freePort, onFreePort } from "./redis/ports.ts";
export { eventually, RedisProcess } from "./redis/process.ts";
export { RedisSentinels } from "./redis/sentinel.ts";
export { RedisServer, type RedisServerOptions } from "./redis/standalone.ts";
