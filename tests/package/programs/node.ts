// A program for Node that uses every entry which Node has: it writes through each store that it can
// open there, and prints as JSON what it read back.
import { createClient, createClientPool, createCluster, createSentinel } from "@redis/client";
import { Effect } from "effect";
import { Cluster, Redis } from "ioredis";
import * as kvista from "kvista";
import * as cloudflareDo from "kvista/cloudflare-do";
import * as cloudflareKv from "kvista/cloudflare-kv";
import * as filesystem from "kvista/filesystem";
import * as ioredis from "kvista/ioredis";
import * as memory from "kvista/memory";
import * as redis from "kvista/redis";
import * as uploadista from "kvista/uploadista";

const { REDIS_URL = "", DIRECTORY = "" } = process.env;
const client = createClient({ url: REDIS_URL });
await client.connect();
const ioClient = new Redis(REDIS_URL);
await ioClient.ping();

/** Not called: by its type each kind of client is one. */
export function openOthers(): kvista.KvStore[] {
  const sentinelRootNodes = [{ host: "127.0.0.1", port: 26_379 }];
  return [
    redis.redisKvStore({ redis: createClientPool() }),
    redis.redisKvStore({ redis: createCluster({ rootNodes: [{ url: REDIS_URL }] }) }),
    redis.redisKvStore({ redis: createSentinel({ name: "main", sentinelRootNodes }) }),
    ioredis.ioredisKvStore({ redis: new Cluster([REDIS_URL]) }),
  ];
}

const stores: { readonly [name: string]: kvista.KvStore } = {
  memory: memory.memoryKvStore(),
  redis: redis.redisKvStore({ redis: client, keyNamespace: "redis:" }),
  ioredis: ioredis.ioredisKvStore({ redis: ioClient, keyNamespace: "ioredis:" }),
  filesystem: filesystem.fileKvStore({ directory: DIRECTORY }),
  "createKvStore, memory": await kvista.createKvStore({ KVISTA_STORE: "memory:" }),
  "createKvStore, Redis": await kvista.createKvStore({
    KVISTA_STORE: `${REDIS_URL}?keyNamespace=created:`,
  }),
};

const read: { [name: string]: unknown } = {};
for (const [name, store] of Object.entries(stores)) {
  await store.set("upload:1", '{"offset":0}', { ttlSeconds: 60 });
  await store.patch("upload:1", { offset: 1024 });
  read[name] = [await store.get("upload:1"), await store.list("upload:")];
  await store.close();
}

const base = uploadista.makeMemoryBaseKvStore();
const uploadistaRead = await Effect.runPromise(
  Effect.gen(function* () {
    yield* base.set("upload:1", '{"offset":0}');
    return [yield* base.get("upload:1"), yield* base.list("upload:")];
  }),
);

const records = memory.memoryKvStore();
const file: kvista.UploadFile = { id: "1", offset: 0, storage: { id: "s", type: "text/plain" } };
const files = kvista.uploads(records, { expireAfter: 60 });
await files.create(file);
await Promise.all([files.advance("1", { offset: 2 }), files.advance("1", { offset: 1 })]);
const recordsRead = [
  await files.list({ status: "uploading" }),
  await kvista.flowJobs(records).get("1"),
];

const entries = {
  kvista,
  cloudflareDo,
  cloudflareKv,
  filesystem,
  ioredis,
  memory,
  redis,
  uploadista,
};
const errors = new Set(Object.values(entries).map(({ KvError }) => KvError));
const failed = await memory
  .memoryKvStore()
  .get("")
  .then(
    () => null,
    (error: unknown) => error,
  );
console.log(
  JSON.stringify({
    node: process.version,
    read,
    uploadista: uploadistaRead,
    records: recordsRead,
    classesOfErrors: errors.size,
    isInstance: failed instanceof cloudflareDo.KvError && failed.code,
    opens: [typeof cloudflareKv.cloudflareKvStore, typeof cloudflareDo.durableObjectKvStore],
  }),
);

await client.close();
ioClient.disconnect();
