// KvCatalog: the Durable Object class whose objects are the shards of the catalog. The logic is in the core
// (wasm/stores/durable-object/catalog.h); this class connects it to the runtime.
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

  /**
   * Serves one request of a store, an object or another shard. Only a core encodes and decodes its
   * messages.
   */
  async kvista(head: RemoteHead, value: RemoteValue): Promise<RemoteAnswer> {
    return (await this.#server.serve(head, value)).answer;
  }
}
