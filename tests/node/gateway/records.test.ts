// The suite of records over the store `redis` of the deployed Worker, through its gateway to a real
// server and a service binding.
import { afterAll, beforeAll } from "vitest";
import { serviceKvStore } from "../../../bindings/rpc/service-kv-store.ts";
import { recordSuite } from "../../records/suite.ts";
import { RedisServer } from "../support/redis-server.ts";
import { TestWorker } from "../support/worker.ts";

let server: RedisServer;
let worker: TestWorker;
let used = 0;

beforeAll(async () => {
  server = await RedisServer.start();
  worker = await TestWorker.start({ REDIS_URL: server.url });
});

afterAll(async () => {
  await worker?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

recordSuite("Redis through the gateway", async (use) => {
  used += 1;
  const { service } = worker;
  await using store = serviceKvStore({ service, store: "redis", keyNamespace: `records-${used}/` });
  await use(store);
});
