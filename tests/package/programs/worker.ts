// A Worker that uses every entry which a Worker has: kvista's own front below /v1, and at / each store
// written and read back.
import { Effect } from "effect";
import * as kvista from "kvista";
import { durableObjectKvStore } from "kvista/cloudflare-do";
import { type CloudflareKvStoreOptions, cloudflareKvStore } from "kvista/cloudflare-kv";
import { KvError, memoryKvStore } from "kvista/memory";
import { makeCloudflareBaseKvStore } from "kvista/uploadista";
import app, { KvCatalog, KvObject, KvService, type KvWorkerEnv } from "kvista/worker";
import { RedisGateway, redisGatewayKvStore } from "kvista/worker/redis";
import { FlowJobObject, UploadFileObject } from "kvista/worker/uploadista";

export { FlowJobObject, KvCatalog, KvObject, KvService, RedisGateway, UploadFileObject };

type Env = {
  readonly UPLOADISTA_KV: KVNamespace;
  readonly KVISTA_OBJECTS: DurableObjectNamespace<KvObject>;
  readonly KVISTA_CATALOG: DurableObjectNamespace<KvCatalog>;
  readonly KVISTA_REDIS: DurableObjectNamespace<RedisGateway>;
  readonly KVISTA_TOKENS: string;
  readonly KVISTA_STORE: string;
  readonly REDIS_URL: string;
};

export default {
  async fetch(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
    const worker: KvWorkerEnv = env;
    if (new URL(request.url).pathname !== "/") return app.fetch(request, worker, context);
    const kv: CloudflareKvStoreOptions = { kv: env.UPLOADISTA_KV, keyNamespace: "kv:" };
    const { KVISTA_OBJECTS: namespace, KVISTA_CATALOG: catalog } = env;
    const stores: { readonly [name: string]: kvista.KvStore } = {
      memory: memoryKvStore(),
      "Workers KV": cloudflareKvStore(kv),
      "Durable Objects": durableObjectKvStore({ namespace, catalog, keyNamespace: "do:" }),
      "Redis, through the gateway": redisGatewayKvStore({ gateway: env.KVISTA_REDIS }),
      createKvStore: await kvista.createKvStore(env),
    };
    const read: { [name: string]: unknown } = {};
    for (const [name, store] of Object.entries(stores)) {
      await store.set("upload:1", '{"offset":0}', { ttlSeconds: 60 });
      read[name] = [await store.get("upload:1"), await store.list("upload:")];
    }
    const base = makeCloudflareBaseKvStore({ kv: env.UPLOADISTA_KV });
    read["Workers KV, as Uploadista has it"] = [
      await Effect.runPromise(base.get("kv:upload:1")),
      await Effect.runPromise(base.list("kv:upload:")),
    ];
    const failed: unknown = await memoryKvStore()
      .get("")
      .catch((error: unknown) => error);
    return Response.json({ read, isInstance: failed instanceof KvError && failed.code });
  },
};
