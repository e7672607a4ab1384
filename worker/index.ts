// The Worker that this repository deploys. It exports every class that the package has for a Worker.
export { RedisGateway } from "./entries/redis.ts";
export { default, KvCatalog, KvObject, KvService } from "./entries/worker.ts";
