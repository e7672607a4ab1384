// The entry kvista/worker, for somebody's own Worker: the HTTP front as a Worker's default export,
// the RPC front, and the classes of the Durable Objects store. A bundler leaves out what is not used.
import { httpFront } from "../app.ts";
import { boundStores } from "../stores.ts";

export * from "../../bindings/entries/contract.ts";
export { KvCatalog, type KvCatalogEnv } from "../../bindings/stores/durable-object/kv-catalog.ts";
export { KvObject, type KvObjectEnv } from "../../bindings/stores/durable-object/kv-object.ts";
export type { Env as KvWorkerEnv } from "../env.ts";
export { KvService } from "../kv-service.ts";

export default /* @__PURE__ */ httpFront(boundStores);
