// The entry kvista/cloudflare-kv.
export {
  type CloudflareKvStoreOptions,
  cloudflareKvStore,
  type KvNamespaceLike,
} from "../stores/cloudflare-kv/cloudflare-kv-store.ts";
export * from "./contract.ts";
