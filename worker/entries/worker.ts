// The entry kvista/worker, for your own Worker: the HTTP front as the default export of a Worker,
// the RPC front, and the classes of the Durable Objects store. A bundler drops the parts that are
// not used.
import { httpFront } from "../app.ts";
import { boundStores } from "../stores.ts";

export * from "../../bindings/entries/contract.ts";
export { KvCatalog, type KvCatalogEnv } from "../../bindings/stores/durable-object/kv-catalog.ts";
export { KvObject, type KvObjectEnv } from "../../bindings/stores/durable-object/kv-object.ts";
export type { Env as KvWorkerEnv } from "../env.ts";
export { KvService } from "../kv-service.ts";

export default /* @__PURE__ */ httpFront(boundStores);
