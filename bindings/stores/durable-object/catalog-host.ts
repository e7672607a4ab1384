// The host of a shard of the catalog: it runs SQL in the shard's storage, and calls objects and
// other shards. The core decides what is requested (wasm/stores/durable-object/catalog.h).

import type { HostReply } from "../../boundary/host-reply.ts";
import type { RequestView } from "../../boundary/host-request.ts";
import { verb } from "../../boundary/host-request.ts";
import type { RemoteNamespace } from "../../contract/platform.ts";
import type { Host } from "../../operation/host.ts";
import { DurableObjectHost } from "./durable-object-host.ts";
import { runSql } from "./run-sql.ts";

export class CatalogHost implements Host {
  readonly takesViews = true;
  readonly #storage: DurableObjectStorage;
  readonly #calls: DurableObjectHost;

  constructor(storage: DurableObjectStorage, objects: RemoteNamespace, catalog: RemoteNamespace) {
    this.#storage = storage;
    this.#calls = new DurableObjectHost(objects, catalog);
  }

  perform(requests: readonly RequestView[]): HostReply[] | null | Promise<HostReply[]> {
    if (requests[0]?.verb === verb.call) return this.#calls.perform(requests);
    return runSql(this.#storage, requests);
  }
}
