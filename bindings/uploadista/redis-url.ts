// Base stores over an address of Redis instead of a client. The entry of each runtime passes the
// function that opens an address.
import type { KvStore } from "../contract/contract.ts";
import { settingError } from "../settings/setting-error.ts";
import { type BaseStoreOptions, baseStore, type OpenBaseKvStore } from "./base-store.ts";
import type { UploadistaError } from "./uploadista-error.ts";

export type RedisUrlConfig<E = UploadistaError> = BaseStoreOptions<E> & {
  /**
   * The address of Redis: `redis://USER:PASSWORD@HOST:6379/0`, `rediss://` with TLS, or one of the
   * settings for clusters and sentinels that `createKvStore` takes. The first effect opens the
   * client, and the store's `close` closes it.
   */
  readonly url: string;
};

/** Opens a store with its own client, which the store's `close` closes. */
export type OpenUrl = (config: RedisUrlConfig<never>) => Promise<KvStore>;

/**
 * Makes a function that makes base stores over a client or an address. The first effect opens the
 * store.
 */
export function storeMaker<Redis>(
  openUrl: OpenUrl,
  openClient: (redis: Redis, keyNamespace: string) => KvStore,
) {
  return <E = UploadistaError>(
    config: (BaseStoreOptions<E> & { redis: Redis }) | RedisUrlConfig<E>,
  ): OpenBaseKvStore<E> => {
    // If the configuration is missing, the first effect fails.
    const given = config ?? {};
    const { keyNamespace = "" } = given;
    return baseStore(
      () =>
        "url" in given
          ? openUrl(given as RedisUrlConfig<never>)
          : openClient(given.redis, keyNamespace),
      given,
    );
  };
}

/** Rejects: in a Worker, a socket belongs to the request that opened it. */
export const refuseUrl: OpenUrl = async () => {
  throw settingError(
    "a Worker's store cannot keep a connection to an address",
    "reach Redis through the gateway: baseStore(() => redisGatewayKvStore({ gateway: env.KVISTA_REDIS }), {})",
  );
};
