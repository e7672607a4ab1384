// The store behind a service binding to `KvService`, as another Worker opens it. It holds no store
// logic and no WebAssembly: the service decides what an operation does and how it fails.
import type { Capabilities, KvStore } from "../contract/contract.ts";
import { ServiceClient } from "./service-client.ts";
import { type KvServiceBinding, servedCapabilities } from "./service-protocol.ts";

export type ServiceKvStoreOptions = {
  /** The binding in `env` to a Worker's entrypoint `KvService`. */
  readonly service: KvServiceBinding;
  /** The name of the store: `kv`, `do`, `redis` or `memory`, if that Worker is configured with it. */
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
 * The store of that name behind a service binding. Every operation of the contract works as on the store
 * itself. If the service cannot be reached, operations fail with `UNAVAILABLE`, and writes that may have
 * arrived with `OUTCOME_UNKNOWN`. If the service has no such store, they fail with `UNSUPPORTED`.
 */
export function serviceKvStore(options: ServiceKvStoreOptions): KvStore {
  const { service, store, keyNamespace = "" } = options;
  const capabilities = isServed(store) ? servedCapabilities[store] : noCapabilities;
  return new ServiceClient(`service:${store}`, capabilities, { service, store, keyNamespace });
}

function isServed(store: string): store is keyof typeof servedCapabilities {
  return Object.hasOwn(servedCapabilities, store);
}
