// Uploads, which change with each part, in Durable Objects; settings, which seldom change and are read
// everywhere, in Workers KV.

import { durableObjectKvStore, KvError, type KvStore } from "kvista/cloudflare-do";
import { cloudflareKvStore } from "kvista/cloudflare-kv";
import type { KvCatalog, KvObject } from "kvista/worker";

export { KvCatalog, KvObject } from "kvista/worker";

type Env = {
  readonly SETTINGS: KVNamespace;
  readonly KVISTA_OBJECTS: DurableObjectNamespace<KvObject>;
  readonly KVISTA_CATALOG: DurableObjectNamespace<KvCatalog>;
};

const dayInSeconds = 86_400;
// What the caller got wrong, by its code; all else is ours, and worth another try if the error says so.
const statuses: { readonly [code: string]: number } = {
  INVALID_KEY: 400,
  INVALID_VALUE: 400,
  INVALID_ARGUMENT: 400,
  NOT_FOUND: 404,
  TOO_LARGE: 413,
};

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const [, collection = "", key = ""] = new URL(request.url).pathname.split("/");
    try {
      switch (collection) {
        case "uploads": {
          const { KVISTA_OBJECTS: namespace, KVISTA_CATALOG: catalog } = env;
          const store = durableObjectKvStore({ namespace, catalog });
          return await serve(store.scope("upload:"), request, key, { ttlSeconds: dayInSeconds });
        }
        case "settings":
          return await serve(cloudflareKvStore({ kv: env.SETTINGS }), request, key, {});
        default:
          return new Response("try /uploads or /settings/NAME\n", { status: 404 });
      }
    } catch (error) {
      if (error instanceof SyntaxError)
        return new Response("the body is not JSON\n", { status: 400 });
      if (!(error instanceof KvError)) throw error;
      const status = statuses[error.code] ?? (error.retryable ? 503 : 500);
      return Response.json(error, { status });
    }
  },
};

async function serve(
  store: KvStore,
  request: Request,
  key: string,
  expiry: { ttlSeconds?: number },
): Promise<Response> {
  if (key === "") return Response.json(await store.list());
  switch (request.method) {
    case "PUT":
      return Response.json(await store.set(key, await request.text(), expiry));
    case "PATCH":
      return new Response((await store.patch(key, await request.json(), expiry)).value);
    case "DELETE":
      await store.delete(key);
      return new Response(null, { status: 204 });
    default: {
      const value = await store.get(key);
      return new Response(value, { status: value === null ? 404 : 200 });
    }
  }
}
