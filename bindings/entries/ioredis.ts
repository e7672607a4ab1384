// The entry kvista/ioredis: the store over a client of ioredis, which it does not import.
export { type IoRedisKvStoreOptions, ioredisKvStore } from "../stores/redis/ioredis-store.ts";
export * from "./contract.ts";
