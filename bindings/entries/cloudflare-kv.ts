// The entry kvista/cloudflare-kv.
export { type CloudflareKvStoreOptions, cloudflareKvStore } from "../stores/cloudflare-kv.ts";
export * from "./contract.ts";
