// The Worker's side of the Redis gateway. It chooses the object that performs an operation, and makes a new
// stub for each attempt, because a stub stays broken after a failure.
import { reads } from "../contract/operations.ts";
import type { ObjectId } from "../contract/platform.ts";
import type { KvServiceBinding, ServiceOperation } from "../rpc/service-protocol.ts";

/** The binding of the class `RedisGateway`. */
export type GatewayNamespace = {
  idFromName(name: string): ObjectId;
  get(id: ObjectId, options?: object): unknown;
};

// The platform repeats a call that an object did not answer up to five times
// (https://developers.cloudflare.com/durable-objects/best-practices/error-handling/). If the first call had
// reached Redis, a repeated write would undo what another writer wrote in between.
const withoutRetries = { retry: { maxRetries: 0 } };

/**
 * The objects of the gateway as one service. The hash of a key chooses one of `shards` objects for its
 * operations. A listing, and any other operation without a key, goes to the first object. All objects use
 * the same Redis, so the choice only divides the work.
 */
export function gatewayService(gateway: GatewayNamespace, shards: number): KvServiceBinding {
  return {
    async perform(store, keyNamespace, operation, args) {
      const name = `redis:${hashOf(routingKeyOf(operation, args)) % shards}`;
      const isRead = reads.has(operation);
      const call = () => {
        const stub = gateway.get(gateway.idFromName(name), isRead ? {} : withoutRetries);
        return (stub as KvServiceBinding).perform(store, keyNamespace, operation, args);
      };
      if (!isRead) return call();
      // An object that was moved or restarted during a read can serve it again.
      return call().catch((error: unknown) => {
        if (isOverloaded(error)) throw error;
        return call();
      });
    },
  };
}

function isOverloaded(error: unknown): boolean {
  return error instanceof Error && "overloaded" in error && error.overloaded === true;
}

// The key, or the first key of a batch: one object performs the whole batch.
function routingKeyOf(operation: ServiceOperation, [first]: readonly unknown[]): string {
  if (operation === "list" || operation === "page") return "";
  const one: unknown = Array.isArray(first) ? first[0] : first;
  if (typeof one === "string") return one;
  const key = typeof one === "object" && one !== null && "key" in one ? one.key : "";
  return typeof key === "string" ? key : "";
}

// FNV-1a over code units. The hash of "" is 0: the first object.
function hashOf(key: string): number {
  let hash = key === "" ? 0 : 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
