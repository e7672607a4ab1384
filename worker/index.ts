// The Worker's entry: its HTTP front, its RPC front, and the classes of its Durable Objects.
import { httpFront } from "./app.ts";
import { boundStores } from "./stores.ts";

export { KvCatalog } from "../bindings/stores/kv-catalog.ts";
export { KvObject } from "../bindings/stores/kv-object.ts";
export { RedisGateway } from "../bindings/stores/redis-gateway.ts";
export { KvService } from "./service.ts";

export default httpFront(boundStores);
