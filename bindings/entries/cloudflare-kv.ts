// The entry kvista/cloudflare-kv.
export {
  type CloudflareKvStoreOptions,
  cloudflareKvStore,
  type KvNamespaceLike,
} from "../stores/cloudflare-kv.ts";
export * from "./contract.ts";
