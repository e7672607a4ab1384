// An object that starts operations on a backend which never answers, and then dies.
import { DurableObject } from "cloudflare:workers";
import { cloudflareKvStore } from "../../../bindings/stores/cloudflare-kv/cloudflare-kv-store.ts";

const never = () => new Promise<never>(() => {});
const silentKv = {
  getWithMetadata: never,
  put: never,
  delete: never,
  list: never,
} as unknown as KVNamespace;

export class Abandoner extends DurableObject {
  /** Starts that many reads and writes and does not live to see their end. */
  abandon(prefix: string, count: number, deadlineMs: number): void {
    const store = cloudflareKvStore({ kv: silentKv });
    for (let i = 0; i < count; i++) {
      const call = { deadlineMs };
      void (i % 2 === 0 ? store.get(`${prefix}${i}`, call) : store.set(`${prefix}${i}`, "v", call));
    }
    this.ctx.abort("abandoned");
  }
}
