// The Redis store of a Worker: its operations are performed by the objects of RedisGateway.
import type { ByteStore } from "../contract/bytes.ts";
import { ServiceClient } from "../rpc/service-client.ts";
import { servedCapabilities } from "../rpc/service-protocol.ts";
import { settingError } from "../settings/setting-error.ts";
import { type GatewayNamespace, gatewayService } from "./gateway-stubs.ts";

export type RedisGatewayKvStoreOptions = {
  /** The binding of the class `RedisGateway`. */
  readonly gateway: GatewayNamespace;
  /** A prefix that callers never see. */
  readonly keyNamespace?: string;
  /** The number of objects, each with a connection, that share the keys: 1 to 64, by default 1. */
  readonly shards?: number;
};

const maxShards = 64;

/** The possible numbers of shards, for error messages. */
export const shardCounts = `a whole number from 1 to ${maxShards}`;

export function isShardCount(count: number): boolean {
  return Number.isInteger(count) && count >= 1 && count <= maxShards;
}

/**
 * A store over Redis for a Worker, linearizable for each key. If an object of the gateway does not
 * answer, a read fails with `UNAVAILABLE` and a write with `OUTCOME_UNKNOWN`. If an object has too
 * much to do, both fail with `RATE_LIMITED`. Throws `INVALID_ARGUMENT` for a wrong number of
 * shards.
 */
export function redisGatewayKvStore(options: RedisGatewayKvStoreOptions): ByteStore {
  const { gateway, keyNamespace = "", shards = 1 } = options;
  if (!isShardCount(shards)) {
    throw settingError("the number of shards is none", `it is ${shardCounts}`);
  }
  const address = { service: gatewayService(gateway, shards), store: "redis", keyNamespace };
  return new ServiceClient("redis", servedCapabilities.redis, address);
}
