// KvObject: the Durable Object class whose objects each hold one key. The logic is in the core
// (wasm/stores/durable-object/object.h); this class connects it to the runtime.
import { DurableObject } from "cloudflare:workers";
import type { RemoteAnswer, RemoteHead, RemoteValue } from "../../boundary/remote-message.ts";
import type { RemoteNamespace } from "../../contract/platform.ts";
import { ObjectHost } from "./object-host.ts";
import { type Answered, ObjectServer } from "./object-server.ts";

/** The bindings that the class needs. */
export type KvObjectEnv = { readonly KVISTA_CATALOG: RemoteNamespace };

/**
 * Export it from your Worker and bind it (as a SQLite class) beside `KvCatalog`, whose binding must
 * be named `KVISTA_CATALOG`; then open a store over both with `durableObjectKvStore`.
 */
export class KvObject<Env extends KvObjectEnv = KvObjectEnv> extends DurableObject<Env> {
  readonly #server: ObjectServer;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#server = new ObjectServer("object", new ObjectHost(ctx.storage, env.KVISTA_CATALOG));
  }

  /** Serves one request of a store or of the catalog. Only a core encodes and decodes its messages. */
  kvista(head: RemoteHead, value: RemoteValue): RemoteAnswer | Promise<RemoteAnswer> {
    const answer = this.#server.serve(head, value);
    if (answer instanceof Promise) return answer.then((late) => this.#follow(head, late));
    return this.#follow(head, answer);
  }

  #follow(head: RemoteHead, { answer, wantsFollowUp }: Answered): RemoteAnswer {
    // If it fails, the next listing does it.
    if (wantsFollowUp) this.ctx.waitUntil(this.#server.settle(head).catch(() => {}));
    return answer;
  }

  override async alarm(): Promise<void> {
    await this.#server.serveAlarm(this.ctx.storage);
  }
}
