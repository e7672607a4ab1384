// The suite over a master that real sentinels watch.
import { afterAll } from "vitest";
import { sentinelClients } from "../support/redis-clients.ts";
import { RedisSentinels } from "../support/redis-server.ts";
import { runOver } from "../support/redis-suite.ts";

const sentinels = await RedisSentinels.start();
afterAll(() => sentinels[Symbol.asyncDispose]());
await runOver(sentinels, sentinelClients);
