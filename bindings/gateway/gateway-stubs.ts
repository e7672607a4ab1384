// The Worker's side of the Redis gateway: which of its objects performs an operation, and a fresh stub
// for each attempt, because a stub stays broken after a failure.
import { reads } from "../contract/operations.ts";
import type { ObjectId } from "../contract/platform.ts";
import type { KvServiceBinding, ServiceOperation } from "../rpc/service-protocol.ts";

/** The binding of the class `RedisGateway`. */
export type GatewayNamespace = {
  idFromName(name: string): ObjectId;
  get(id: ObjectId, options?: object): unknown;
};

// The platform sends again what an object did not answer, up to five times
// (https://developers.cloudflare.com/durable-objects/best-practices/error-handling/). Where the first
// one had reached Redis, a write would be made twice, and whoever wrote in between would lose.
const onlyOnce = { retry: { maxRetries: 0 } };

/**
 * The objects of the gateway as one service. A key's operations go to one of `shards` objects, chosen
 * by the key; a listing and whatever has no key go to the first. All of them see the same Redis, so
 * that the choice divides work and nothing else.
 */
export function gatewayService(gateway: GatewayNamespace, shards: number): KvServiceBinding {
  return {
    async perform(store, keyNamespace, operation, args) {
      const name = `redis:${hashOf(routingKeyOf(operation, args)) % shards}`;
      const isRead = reads.has(operation);
      const ask = () => {
        const stub = gateway.get(gateway.idFromName(name), isRead ? {} : onlyOnce);
        return (stub as KvServiceBinding).perform(store, keyNamespace, operation, args);
      };
      if (!isRead) return ask();
      // An object that was moved or renewed amid a read serves it anew.
      return ask().catch((error: unknown) => {
        if (isOverloaded(error)) throw error;
        return ask();
      });
    },
  };
}

function isOverloaded(error: unknown): boolean {
  return error instanceof Error && "overloaded" in error && error.overloaded === true;
}

// The key, or the first of a batch, which one object performs whole.
function routingKeyOf(operation: ServiceOperation, [first]: readonly unknown[]): string {
  if (operation === "list" || operation === "page") return "";
  const one: unknown = Array.isArray(first) ? first[0] : first;
  if (typeof one === "string") return one;
  const key = typeof one === "object" && one !== null && "key" in one ? one.key : "";
  return typeof key === "string" ? key : "";
}

// FNV-1a over code units; of "" it is 0, the first object.
function hashOf(key: string): number {
  let hash = key === "" ? 0 : 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
