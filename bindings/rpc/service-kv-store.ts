// The caller's side of the service binding to `KvService`: the contract over RPC, without store
// logic and without WebAssembly. What an operation means, and with which error it fails, is decided
// in the service; only what never reached it, or never came back, is told here.
import type { Capabilities, KvStore } from "../contract/contract.ts";
import { ServiceClient } from "./service-client.ts";
import { type KvServiceBinding, servedCapabilities } from "./service-protocol.ts";

export type ServiceKvStoreOptions = {
  /** The binding in `env` to a Worker's entrypoint `KvService`. */
  readonly service: KvServiceBinding;
  /** `kv`, `do`, `redis` or `memory`, as that Worker is configured. */
  readonly store: string;
  /** A prefix that callers never see. */
  readonly keyNamespace?: string;
};

const noCapabilities: Capabilities = {
  compareAndSet: false,
  patch: false,
  linearizableReads: false,
  expiry: false,
  orderedPages: false,
};

/**
 * The store of that name behind a service binding. Every operation of the contract works as on the
 * store itself. A service that cannot be reached is `UNAVAILABLE`, or for a write that may have
 * arrived `OUTCOME_UNKNOWN`; a store that it does not serve is `UNSUPPORTED`.
 */
export function serviceKvStore(options: ServiceKvStoreOptions): KvStore {
  const { service, store, keyNamespace = "" } = options;
  const capabilities = isServed(store) ? servedCapabilities[store] : noCapabilities;
  return new ServiceClient(`service:${store}`, capabilities, { service, store, keyNamespace });
}

function isServed(store: string): store is keyof typeof servedCapabilities {
  return Object.hasOwn(servedCapabilities, store);
}
