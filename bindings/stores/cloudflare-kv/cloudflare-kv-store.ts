// The store over a Workers KV binding, and over any object with `get`, `put`, `delete` and `list`.

import { sharedCore } from "../../boundary/shared-core.ts";
import type { ByteStore } from "../../contract/bytes.ts";
import { hasMethods } from "../../contract/methods.ts";
import type { KvBinding, KvNamespaceLike } from "../../contract/platform.ts";
import { CoreStore } from "../../operation/core-store.ts";
import type { Host } from "../../operation/host.ts";
import { OpenStore } from "../../operation/open-store.ts";
import { CloudflareKvHost } from "./cloudflare-kv-host.ts";
import { CloudflareKvLikeHost } from "./cloudflare-kv-like-host.ts";

export type { KvNamespaceLike } from "../../contract/platform.ts";

export type CloudflareKvStoreOptions = {
  /** The KV namespace's binding, from `env`. */
  readonly kv: KvBinding | KvNamespaceLike;
  /** A prefix that callers never see. */
  readonly keyNamespace?: string;
  /**
   * The least time between two writes of one key, in milliseconds; by default 1000, the limit of
   * Workers KV.
   */
  readonly writeIntervalMs?: number;
};

type Opened = { readonly store: OpenStore; readonly host: Host };

// A Worker may open its store anew in each request, and writes to one key must keep their order for
// as long as the isolate lives. So all stores over one binding with the same options share what is
// opened here.
const opened = new WeakMap<object, Map<string, Opened>>();

/**
 * A store over a Workers KV binding. Reads may return a value that is stale by a minute or more,
 * and there is no compare-and-set: `diagnose()` reports both. The binding is not called before the
 * first operation. An object with only `get`, `put`, `delete` and `list` has no expiry either.
 * Throws `INVALID_ARGUMENT` for a wrong option.
 */
export function cloudflareKvStore(options: CloudflareKvStoreOptions): ByteStore {
  const { kv, keyNamespace = "", ...rest } = options;
  const isPartial = lacksMetadata(kv);
  const kind = isPartial ? "cloudflare-kv-like" : "cloudflare-kv";
  const config = { kind, keyNamespace, ...rest };
  const name = JSON.stringify(rest);
  const known = opened.get(kv)?.get(name);
  // Opening checks the options of this call, also if the binding is known.
  const fresh = new OpenStore(sharedCore, config);
  if (known !== undefined) {
    fresh.close();
    return new CoreStore(known.store, known.host, keyNamespace, false);
  }
  const host = isPartial ? new CloudflareKvLikeHost(kv) : new CloudflareKvHost(kv as KVNamespace);
  const made: Opened = { store: fresh, host };
  // If there is no binding, each operation fails and says so.
  if (typeof kv === "object" && kv !== null) {
    const ofBinding = opened.get(kv) ?? new Map<string, Opened>();
    opened.set(kv, ofBinding.set(name, made));
  }
  return new CoreStore(made.store, made.host, keyNamespace, false);
}

function lacksMetadata(kv: KvBinding | KvNamespaceLike): kv is KvNamespaceLike {
  return hasMethods(kv, "get", "put", "delete", "list") && !hasMethods(kv, "getWithMetadata");
}
