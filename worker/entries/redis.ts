// The entry kvista/worker/redis: the gateway to Redis, and the store over it. Only this entry loads
// a client of Redis: ioredis.
export * from "../../bindings/entries/contract.ts";
export { RedisGateway, type RedisGatewayEnv } from "../../bindings/gateway/redis-gateway.ts";
export {
  type RedisGatewayKvStoreOptions,
  redisGatewayKvStore,
} from "../../bindings/gateway/redis-gateway-store.ts";
