// The Workers KV store.
import type { ByteStore } from "../contract-bytes.ts";
import { CoreStore } from "../core-store.ts";
import { CloudflareKvHost } from "../hosts/cloudflare-kv.ts";
import { OpenStore } from "../open-store.ts";
import { sharedCore } from "../shared-core.ts";

export type CloudflareKvStoreOptions = {
  /** The KV namespace's binding, from `env`. */
  readonly kv: KVNamespace;
  /** A prefix that callers never see. */
  readonly keyNamespace?: string;
  /** The least time between two writes of one key: Workers KV takes one a second (1000). */
  readonly writeIntervalMs?: number;
};

type Opened = { readonly store: OpenStore; readonly host: CloudflareKvHost };

// A Worker opens its store anew in each request; the order of writes to one key is kept for as long
// as the isolate lives. An option that differs is a store of its own.
const opened = new WeakMap<KVNamespace, Map<string, Opened>>();

/**
 * A store over a Workers KV binding. Reads may be stale for a minute or more, and there is no
 * compare-and-set: see `diagnose()`. Nothing is asked of the binding before the first operation.
 */
export function cloudflareKvStore(options: CloudflareKvStoreOptions): ByteStore {
  const { kv, keyNamespace = "", ...rest } = options;
  const config = { kind: "cloudflare-kv", keyNamespace, ...rest };
  const name = JSON.stringify(rest);
  const known = opened.get(kv)?.get(name);
  // The namespace of this call is checked by opening, whether or not the binding is known.
  const fresh = new OpenStore(sharedCore, config);
  if (known !== undefined) {
    fresh.close();
    return new CoreStore(known.store, known.host, keyNamespace, false);
  }
  const made: Opened = { store: fresh, host: new CloudflareKvHost(kv) };
  // Without a binding each operation fails and says so.
  if (typeof kv === "object" && kv !== null) {
    const ofBinding = opened.get(kv) ?? new Map<string, Opened>();
    opened.set(kv, ofBinding.set(name, made));
  }
  return new CoreStore(made.store, made.host, keyNamespace, false);
}
