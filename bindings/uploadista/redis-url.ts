// Stores over an address of Redis in place of a client. Who can open one is each runtime's entry to say.
import type { KvStore } from "../contract/contract.ts";
import { settingError } from "../settings/setting-error.ts";
import { type BaseStoreOptions, baseStore, type OpenBaseKvStore } from "./base-store.ts";
import type { UploadistaError } from "./uploadista-error.ts";

export type RedisUrlConfig<E = UploadistaError> = BaseStoreOptions<E> & {
  /**
   * Where Redis is: `redis://USER:PASSWORD@HOST:6379/0`, `rediss://` with TLS, and the settings of
   * clusters and sentinels that `createKvStore` takes. The client is opened when the first effect runs,
   * and closed by the store's `close`.
   */
  readonly url: string;
};

/** Opens a client of its own, which the store closes. */
export type OpenUrl = (config: RedisUrlConfig<never>) => Promise<KvStore>;

/** The maker of a base store over a client, or over an address; both are opened by the first effect. */
export function makerOver<Redis>(
  openUrl: OpenUrl,
  openClient: (redis: Redis, keyNamespace: string) => KvStore,
) {
  return <E = UploadistaError>(
    config: (BaseStoreOptions<E> & { redis: Redis }) | RedisUrlConfig<E>,
  ): OpenBaseKvStore<E> => {
    // A configuration that is missing fails with the first effect.
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

/** For a Worker, where a socket belongs to the request that opened it. */
export const refuseUrl: OpenUrl = async () => {
  throw settingError(
    "a Worker's store cannot keep a connection to an address",
    "reach Redis through the gateway: baseStore(() => redisGatewayKvStore({ gateway: env.KVISTA_REDIS }), {})",
  );
};
