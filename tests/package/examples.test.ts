// The examples, as their READMEs start them, with the packed package in place of the checkout.
import { expect, test } from "vitest";
import { ServerProcess } from "../dev/server-process.ts";
import { onFreePort, RedisServer } from "../node/support/redis-server.ts";
import { Project } from "./support/project.ts";

const record = '{"offset":0}';

async function refuses(server: ServerProcess, path: string): Promise<void> {
  const patch = (key: string, body: string) =>
    server.fetch(`${path}/${key}`, { method: "PATCH", body });
  expect((await patch("none", "{}")).status).toBe(404);
  expect((await patch("2", "{")).status).toBe(400);
  const long = await server.fetch(`${path}/${"k".repeat(600)}`);
  expect([long.status, await long.json()]).toMatchObject([400, { code: "INVALID_KEY" }]);
}

async function putGetAndList(server: ServerProcess, path: string): Promise<void> {
  const put = await server.fetch(`${path}/1`, { method: "PUT", body: record });
  expect([put.status, await put.json()]).toMatchObject([200, { version: expect.any(String) }]);
  const got = await server.fetch(`${path}/1`);
  expect([got.status, await got.text()]).toEqual([200, record]);
  expect(await (await server.fetch(path)).json()).toEqual(["1"]);
  expect((await server.fetch(`${path}/1`, { method: "DELETE" })).ok).toBe(true);
  expect((await server.fetch(`${path}/1`)).status).toBe(404);
}

test("examples/worker keeps uploads in Durable Objects and settings in Workers KV", async () => {
  await using project = await Project.ofExample("worker");
  await project.install();
  await project.run("npm", "run", "types");
  await using server = await onFreePort((port) =>
    ServerProcess.start({
      command: ["npm", "run", "dev", "--", "--port", String(port)],
      cwd: project.folder,
      env: { WRANGLER_SEND_METRICS: "false" },
      port,
      healthPath: "/uploads",
    }),
  );
  await putGetAndList(server, "/uploads");
  await putGetAndList(server, "/settings");
  await server.fetch("/uploads/2", { method: "PUT", body: record });
  const patched = await server.fetch("/uploads/2", { method: "PATCH", body: '{"offset":1024}' });
  expect(await patched.text()).toBe('{"offset":1024}');
  await refuses(server, "/uploads");
});

test("examples/node-redis keeps uploads in Redis, and says what is wrong without it", async () => {
  await using redis = await RedisServer.start();
  await using project = await Project.ofExample("node-redis");
  await project.install();
  await using server = await onFreePort((port) =>
    ServerProcess.start({
      command: ["npm", "start"],
      cwd: project.folder,
      env: { REDIS_URL: redis.url, PORT: String(port) },
      port,
      healthPath: "/uploads",
    }),
  );
  await putGetAndList(server, "/uploads");
  await server.fetch("/uploads/2", { method: "PUT", body: record });
  expect(await redis.ask("GET", "upload:2")).toBe(record);
  expect(Number(await redis.ask("TTL", "upload:2"))).toBeGreaterThan(86_000);
  await refuses(server, "/uploads");
  const body = "v".repeat(2 ** 20 + 1);
  expect((await server.fetch("/uploads/3", { method: "PUT", body })).status).toBe(413);
  await redis.kill();
  const failed = await server.fetch("/uploads/2");
  expect([failed.status, await failed.json()]).toMatchObject([
    503,
    { store: "redis", key: "2", retryable: true },
  ]);
  expect(await server.stop()).toBe(true);
});
