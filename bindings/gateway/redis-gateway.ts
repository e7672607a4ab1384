// RedisGateway: the Durable Object class that holds a Worker's connection to Redis. In a Worker, a
// socket belongs to the request that opened it. In an object it belongs to the object, so that the
// operations of all requests can share one pipelined connection.
import { DurableObject } from "cloudflare:workers";
import { KvError } from "../contract/errors.ts";
import { performOn } from "../rpc/service-operations.ts";
import type { ServiceOperation, ServiceOutcome } from "../rpc/service-protocol.ts";
import { GatewayConnection, type RedisGatewayEnv } from "./gateway-connection.ts";

export type { RedisGatewayEnv } from "./gateway-connection.ts";

/**
 * Export it from your Worker, bind it as `KVISTA_REDIS`, and set the secret `REDIS_URL`; then open a
 * store over it with `redisGatewayKvStore`.
 */
export class RedisGateway<
  Env extends RedisGatewayEnv = RedisGatewayEnv,
> extends DurableObject<Env> {
  readonly #connection: GatewayConnection;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#connection = new GatewayConnection(env);
  }

  /** Performs one operation of the service protocol; resolves with its outcome as a value. */
  async perform(
    _store: string,
    keyNamespace: string,
    operation: ServiceOperation,
    args: readonly unknown[],
  ): Promise<ServiceOutcome<unknown>> {
    try {
      const value = await this.#connection.use(operation, (store) =>
        performOn(store.scope(keyNamespace), operation, args),
      );
      return { ok: true, value };
    } catch (error) {
      // Any other error is a fault of this program: for the caller it is a call without an answer.
      if (!(error instanceof KvError)) throw error;
      return { ok: false, error: { ...error.toJSON(), store: "redis" } };
    }
  }
}
