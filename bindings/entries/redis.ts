// The entry kvista/redis: the store over a client of @redis/client, which it does not import.
export {
  type RedisClient,
  type RedisKvStoreOptions,
  type RedisLike,
  redisKvStore,
} from "../stores/redis/redis-store.ts";
export * from "./contract.ts";
