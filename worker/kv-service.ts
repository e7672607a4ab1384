// KvService: the RPC front for service bindings. The binding is the trust boundary: whoever has it
// may use every store with any namespace, without a token.
import { WorkerEntrypoint } from "cloudflare:workers";
import type { ByteStore } from "../bindings/contract/bytes.ts";
import { performOn } from "../bindings/rpc/service-operations.ts";
import type { ServiceOperation, ServiceOutcome } from "../bindings/rpc/service-protocol.ts";
import type { Env } from "./env.ts";
import { KvServiceStore } from "./kv-service-store.ts";
import { rpcErrorOf, unknownStore } from "./service-errors.ts";
import { boundStores, hintFor } from "./stores.ts";

/** The entrypoint for `[[services]] entrypoint = "KvService"`. */
export class KvService extends WorkerEntrypoint<Env> {
  /**
   * The store `kv`, `do`, `redis` or `memory`, with `namespace` as the prefix of its keys. Rejects
   * with `UNSUPPORTED` if it is not configured. Values are text here, and a message has 32 MiB:
   * `serviceKvStore` from the package also carries the largest values, and its errors are instances
   * of `KvError`.
   */
  store(name: string, options: { namespace?: string } = {}): KvServiceStore {
    return new KvServiceStore(name, this.#open(name, options.namespace ?? ""));
  }

  /** Performs one operation for `serviceKvStore`; resolves with its outcome as a value. */
  async perform(
    name: string,
    namespace: string,
    operation: ServiceOperation,
    args: readonly unknown[],
  ): Promise<ServiceOutcome<unknown>> {
    try {
      const store = this.#open(name, namespace);
      return { ok: true, value: await performOn(store, operation, args) };
    } catch (error) {
      return { ok: false, error: rpcErrorOf(error, name, operation).toJSON() };
    }
  }

  #open(name: string, namespace: string): ByteStore {
    const store = boundStores.open(this.env, name, namespace);
    if (store !== null) return store;
    throw unknownStore(name, hintFor(name, boundStores.names(this.env), this.env));
  }
}
