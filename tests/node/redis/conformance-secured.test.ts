// The suite over TLS, as an ACL user.
import { afterAll } from "vitest";
import { securedClients } from "../support/redis-clients.ts";
import { RedisServer } from "../support/redis-server.ts";
import { runOver } from "../support/redis-suite.ts";

const secured = await RedisServer.start({
  password: "default's own",
  user: {
    name: "uploads",
    password: "p@ss:word",
    rules: "~* +@read +@write +@scripting +@connection",
  },
  tls: true,
});
afterAll(() => secured[Symbol.asyncDispose]());
await runOver(secured, securedClients);
