// The Worker as it is deployed from here, with all that the package has for one.
export { RedisGateway } from "./entries/redis.ts";
export { default, KvCatalog, KvObject, KvService } from "./entries/worker.ts";
