// Compiled, never run: the drop-in's types go where Uploadista's went, and have their names.
import type { KVNamespace } from "@cloudflare/workers-types";
import { createClient, createCluster } from "@redis/client";
import { Effect, Layer } from "effect";
import { Cluster, Redis } from "ioredis";
import { Redis as Redis6 } from "ioredis-6";
import * as entry from "../../bindings/entries/uploadista.node.ts";
import * as core from "./core.ts";

declare const kv: KVNamespace<string>;
declare const namespace: DurableObjectNamespace;
const { UploadistaError } = core;

export type Named = [
  entry.RedisLike,
  entry.RedisKvStoreConfig,
  entry.IoRedisKvStoreConfig,
  entry.CloudflareKvStoreConfig,
  entry.FileKvStoreOptions,
  entry.CloudflareDoFlowStoreOptions,
  entry.CloudflareDoUploadStoreOptions,
  entry.FlowJobDurableObject<entry.FlowJob>,
  entry.FlowJobDurableObjectBranded<entry.FlowJob>,
  entry.UploadFileDurableObject<entry.UploadFile>,
  entry.UploadFileDurableObjectBranded<entry.UploadFile>,
];

export const layers: Layer.Layer<core.BaseKvStoreService>[] = [
  entry.memoryKvStore,
  entry.memoryKvStore(),
  entry.redisKvStore({ redis: createClient() }),
  entry.redisKvStore({ redis: createCluster({ rootNodes: [] }), UploadistaError }),
  entry.redisKvStore({ url: "redis://127.0.0.1" }),
  entry.ioRedisKvStore({ redis: new Redis() }),
  entry.ioredisKvStore({ redis: new Redis6() }),
  entry.ioredisKvStore({ redis: new Cluster([]) }),
  entry.cloudflareKvStore({ kv }),
  entry.cloudflareKvStore(kv),
  entry.fileKvStore({ directory: "./data" }),
  entry.durableObjectKvStore({ namespace, catalog: namespace }),
  entry.durableObjectKvStore(namespace),
];

export const bases: core.BaseKvStore[] = [
  entry.makeMemoryBaseKvStore(),
  entry.makeMemoryBaseKvStore({ UploadistaError }),
  entry.makeRedisBaseKvStore({ redis: createClient(), UploadistaError }),
  entry.makeDurableObjectBaseKvStore({ namespace }),
];

export const uploads: core.KvStore<entry.UploadFile> = entry.makeCloudflareDoUploadStore({
  durableObject: namespace,
  UploadistaError,
});
export const jobs: core.KvStore<entry.FlowJob> = entry.cloudflareDoFlowStore({
  durableObject: namespace,
});

export const program: Effect.Effect<core.Stored, core.UploadistaError> = Effect.flatMap(
  core.UploadFileKVStore,
  (store) => store.get("id"),
).pipe(Effect.provide(Layer.provide(core.uploadFileKvStore, entry.memoryKvStore)));
