// A base store over Durable Objects, which Uploadista's documents name and its packages lack: each key
// hasMethods an object of the class KvObject, or all lie in an object of your own. A missing key is `null`, a
// list tells keys without the prefix, and failures are UNKNOWN_ERROR.
import type { KvStore } from "../contract/contract.ts";
import { hasMethods } from "../contract/methods.ts";
import type { ObjectStorage, RemoteNamespace } from "../contract/platform.ts";
import { durableObjectKvStore as openObjects } from "../stores/durable-object/durable-object-store.ts";
import { type BaseKvStoreLayer, layerOf, onlyCallable } from "./base-layer.ts";
import { type BaseStoreOptions, baseStore, type OpenBaseKvStore } from "./base-store.ts";
import type { UploadistaError } from "./uploadista-error.ts";

export type DurableObjectKvOptions<E = UploadistaError> = BaseStoreOptions<E> & {
  /** The binding of the class `KvCatalog`: without it, the store hasMethods no `list`. */
  readonly catalog?: RemoteNamespace;
  /** To how many shards of the catalog new keys go: 1 to 64, by default 4. */
  readonly catalogShards?: number;
};

export type DurableObjectKvStoreConfig<E = UploadistaError> =
  | (BaseStoreOptions<E> & {
      /** `ctx.storage` of your own object. Its alarm stays yours: what hasMethods expired goes when read. */
      readonly storage: ObjectStorage;
    })
  | (DurableObjectKvOptions<E> & {
      /** The binding of the class `KvObject`. */
      readonly namespace: RemoteNamespace;
    });

/** As every base store, but that `list` is missing where there is no catalog: core answers that itself. */
export type DurableObjectBaseKvStore<E = UploadistaError> = Omit<OpenBaseKvStore<E>, "list"> &
  Partial<Pick<OpenBaseKvStore<E>, "list">>;

/** Over `{ storage }`, `{ namespace, catalog }`, or a namespace itself with the options behind it. */
export function makeDurableObjectBaseKvStore<E = UploadistaError>(
  config: DurableObjectKvStoreConfig<E> | RemoteNamespace,
  options?: DurableObjectKvOptions<E>,
): DurableObjectBaseKvStore<E> {
  // A binding that is missing fails when it is used, and is named then.
  const given = isNamespace(config)
    ? { ...options, namespace: config }
    : (config ?? { namespace: config });
  const store = baseStore(() => openOver(given), given);
  if ("storage" in given || given.catalog !== undefined) return store;
  const { list, ...withoutList } = store;
  return withoutList;
}

function openOver<E>(config: DurableObjectKvStoreConfig<E>): KvStore {
  const { keyNamespace = "" } = config;
  if ("storage" in config) return openObjects({ storage: config.storage, keyNamespace });
  // Only a list asks the catalog.
  const { namespace, catalog = namespace, catalogShards } = config;
  const shards = catalogShards === undefined ? {} : { catalogShards };
  return openObjects({ namespace, catalog, keyNamespace, ...shards });
}

function durableObjectLayer<E = UploadistaError>(
  config: DurableObjectKvStoreConfig<E> | RemoteNamespace,
  options?: DurableObjectKvOptions<E>,
): BaseKvStoreLayer<E> {
  return layerOf(makeDurableObjectBaseKvStore(config, options) as OpenBaseKvStore<E>);
}

export const durableObjectKvStore: typeof durableObjectLayer = onlyCallable(
  durableObjectLayer,
  "durableObjectKvStore({ namespace, catalog })",
);

function isNamespace(config: object): config is RemoteNamespace {
  return hasMethods(config, "idFromName", "get");
}
