// The suite over a real cluster.
import { afterAll } from "vitest";
import { clusterClients, otherClusterClients } from "../support/redis-clients.ts";
import { RedisCluster } from "../support/redis-server.ts";
import { runOver } from "../support/redis-suite.ts";

const cluster = await RedisCluster.start();
afterAll(() => cluster[Symbol.asyncDispose]());
await runOver(cluster, { ...clusterClients, ...otherClusterClients });
