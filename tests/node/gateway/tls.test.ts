// The gateway over TLS: Miniflare trusts further authorities only if it is told of them before it is
// loaded, so that this test has a file of its own.
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { RedisServer } from "../support/redis-server.ts";
import type { TestWorker } from "../support/worker.ts";

const path = "/v1/redis/keys/k";
let server: RedisServer;
let start: typeof TestWorker.start;

beforeAll(async () => {
  server = await RedisServer.start({ tls: true, password: "secret" });
  process.env.NODE_EXTRA_CA_CERTS = join(server.folder, "ca.crt");
  const { TestWorker } = await import("../support/worker.ts");
  start = (env) => TestWorker.start(env);
});

afterAll(() => server?.[Symbol.asyncDispose]());

test("a server whose certificate is trusted is reached", async () => {
  await using worker = await start({ REDIS_URL: server.url });
  const put = await worker.ask("PUT", path, { body: "over TLS" });
  expect(put.status).toBe(204);
  expect(await (await worker.ask("GET", path)).text()).toBe("over TLS");
  expect(await server.ask("GET", "k")).toBe("over TLS");
});

test("a server is not reached whose authority is unknown", async () => {
  await using other = await RedisServer.start({ tls: true });
  await using worker = await start({ REDIS_URL: other.url });
  const answer = await worker.ask("GET", path);
  expect(answer.status).toBe(503);
  expect(await answer.json()).toMatchObject({ code: "UNAVAILABLE" });
  expect(await other.ask("INFO", "commandstats")).not.toContain("cmdstat_get");
});
