// KvCatalog: the Durable Object class whose objects are the shards of the catalog. Its logic is the
// core's (wasm/stores/durable-object/catalog.h); this class is its place in the runtime.
import { DurableObject } from "cloudflare:workers";
import type { RemoteAnswer, RemoteHead, RemoteValue } from "../../boundary/remote-message.ts";
import type { RemoteNamespace } from "../../contract/platform.ts";
import { CatalogHost } from "./catalog-host.ts";
import { ObjectServer } from "./object-server.ts";

/** The bindings that the class needs. */
export type KvCatalogEnv = {
  readonly KVISTA_OBJECTS: RemoteNamespace;
  readonly KVISTA_CATALOG: RemoteNamespace;
};

/**
 * Export it from your Worker and bind it (as a SQLite class) as `KVISTA_CATALOG`, beside `KvObject`,
 * whose binding must be named `KVISTA_OBJECTS`.
 */
export class KvCatalog<Env extends KvCatalogEnv = KvCatalogEnv> extends DurableObject<Env> {
  readonly #server: ObjectServer;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const host = new CatalogHost(ctx.storage, env.KVISTA_OBJECTS, env.KVISTA_CATALOG);
    this.#server = new ObjectServer("catalog", host);
  }

  /** Serves one request of the store or of an object. It takes what the core encoded. */
  async kvista(head: RemoteHead, value: RemoteValue): Promise<RemoteAnswer> {
    return (await this.#server.serve(head, value)).answer;
  }
}
