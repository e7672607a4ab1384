// `npm run dev` with a secret REDIS_URL: the store `redis` is served from a server of this machine, and
// found again when that was restarted.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { RedisServer } from "../node/support/redis-server.ts";
import { type DevServer, startDevServer } from "./dev-server.ts";

const headers = { Authorization: "Bearer kvista-dev" };
const path = "/v1/redis/keys/upload%3A1";

let folder = "";
let redis: RedisServer;
let server: DevServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kvista-dev-"));
  redis = await RedisServer.start({ password: "secret", appendOnly: true });
  const envFile = join(folder, "secrets");
  const tokens = JSON.stringify([{ token: "kvista-dev", namespace: "", access: "write" }]);
  await writeFile(envFile, `KVISTA_TOKENS='${tokens}'\nREDIS_URL='${redis.url}'\n`);
  server = await startDevServer({ persistTo: join(folder, "state"), envFile });
});

afterAll(async () => {
  await server?.stop();
  await redis?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

test("the store redis is served, below the others", async () => {
  const health = await server.fetch("/healthz");
  expect(await health.json()).toMatchObject({ stores: ["kv", "do", "redis", "memory"] });
  const put = await server.fetch(`${path}?ttl=600`, { method: "PUT", headers, body: "{}" });
  expect(put.status).toBe(204);
  expect(await redis.ask("GET", "upload:1")).toBe("{}");
  expect(Number(await redis.ask("TTL", "upload:1"))).toBeGreaterThan(500);
});

test("a server that was restarted is found again", async () => {
  await redis.restart();
  const answer = await server.fetch(path, { headers });
  expect([answer.status, await answer.text()]).toEqual([200, "{}"]);
});

test("what it prints holds no password", () => {
  expect(server.output).not.toContain("secret@");
  expect(server.output).not.toContain(redis.url);
});
