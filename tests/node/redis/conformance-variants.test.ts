// The suite over pools, clients that put a prefix before keys or change replies, and an object with four methods.
import { afterAll } from "vitest";
import { otherClients } from "../support/redis-clients.ts";
import { RedisServer } from "../support/redis-server.ts";
import { runOver } from "../support/redis-suite.ts";

const server = await RedisServer.start();
afterAll(() => server[Symbol.asyncDispose]());
await runOver(server, otherClients);
