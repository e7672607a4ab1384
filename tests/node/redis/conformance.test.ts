// The suite over a real Redis server, with each client that stands alone.
import { afterAll } from "vitest";
import { standaloneClients } from "../support/redis-clients.ts";
import { RedisServer } from "../support/redis-server.ts";
import { runOver } from "../support/redis-suite.ts";

const server = await RedisServer.start();
afterAll(() => server[Symbol.asyncDispose]());
await runOver(server, standaloneClients);
