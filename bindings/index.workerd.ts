// What the package gives in a Worker: the stores, and the classes that a Worker exports.
export { createKvStore, type StoreEnvironment } from "./create-store.workerd.ts";
export * from "./index.ts";
export { type ServiceKvStoreOptions, serviceKvStore } from "./service-client.ts";
export { KvCatalog, type KvCatalogEnv } from "./stores/kv-catalog.ts";
export { KvObject, type KvObjectEnv } from "./stores/kv-object.ts";
export { RedisGateway, type RedisGatewayEnv } from "./stores/redis-gateway.ts";
export {
  type RedisGatewayKvStoreOptions,
  redisGatewayKvStore,
} from "./stores/redis-gateway-store.ts";
