// Records in Node: in memory, on a real disk, and in real Redis servers through each client.
import { afterAll, expect, inject, test } from "vitest";
import { KvError } from "../../../bindings/contract/errors.ts";
import { flowJobs } from "../../../bindings/records/flow-jobs.ts";
import { uploads } from "../../../bindings/records/uploads.ts";
import { fileKvStore } from "../../../bindings/stores/file/file-store.ts";
import { memoryKvStore } from "../../../bindings/stores/memory/memory-store.ts";
import { redisKvStore } from "../../../bindings/stores/redis/redis-store.ts";
import { recordSuite } from "../../records/suite.ts";
import { partOf } from "../../tiers.ts";
import { withDirectory } from "../file/directory.ts";
import { standaloneClients } from "../support/redis-clients.ts";
import { RedisServer } from "../support/redis-server.ts";

const server = await RedisServer.start();
afterAll(() => server[Symbol.asyncDispose]());

type WithStore = Parameters<typeof recordSuite>[1];

let used = 0;
const throughClients = Object.entries(standaloneClients).map(
  ([client, open]): [string, WithStore] => [
    `Redis through ${client}`,
    async (use) => {
      const { store, close } = await open(server);
      used += 1;
      await use(store.scope(`records-${used}/`)).finally(close);
    },
  ],
);

const backends: { readonly [name: string]: WithStore } = {
  memory: async (use) => {
    await using store = memoryKvStore();
    await use(store);
  },
  "a directory": (use) =>
    withDirectory(async (directory) => {
      await using store = fileKvStore({ directory });
      await use(store);
    }),
  ...Object.fromEntries(throughClients),
};

const quick = ["memory", "a directory", "Redis through @redis/client 6", "Redis through ioredis 5"];
for (const [name, backend] of Object.entries(partOf(inject("tier"), backends, quick))) {
  recordSuite(name, backend);
}

test("over a client with four methods records fail at open, and name the stores that can", () => {
  const redis = {
    get: async () => null,
    set: async () => "OK",
    del: async () => 0,
    scan: async () => ({ cursor: "0", keys: [] }),
  };
  const store = redisKvStore({ redis });
  for (const open of [uploads, flowJobs]) {
    let error: unknown;
    try {
      open(store);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(KvError);
    expect(error).toMatchObject({ code: "UNSUPPORTED", operation: "open", retryable: false });
    expect((error as KvError).hint).toMatch(/memory.*Redis.*Durable Objects.*directory/);
  }
});
