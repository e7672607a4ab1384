// What the package gives in a Worker: the stores, and the classes that a Worker exports.
export * from "./index.ts";
export { type ServiceKvStoreOptions, serviceKvStore } from "./service-client.ts";
export { KvCatalog, type KvCatalogEnv } from "./stores/kv-catalog.ts";
export { KvObject, type KvObjectEnv } from "./stores/kv-object.ts";
