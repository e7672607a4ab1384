// A namespace of Workers KV of which only those methods are there that Uploadista's store calls.
import type { KvNamespaceLike } from "../../../bindings/stores/cloudflare-kv/cloudflare-kv-store.ts";

export function fourMethodsOf(kv: KVNamespace): KvNamespaceLike {
  return {
    get: (key) => kv.get(key),
    put: (key, value) => kv.put(key, value),
    delete: (key) => kv.delete(key),
    list: (options) => kv.list(options),
  };
}
