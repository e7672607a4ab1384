// The base store over Durable Objects that Uploadista's documents name and its packages lack. Each
// key has an object of the class KvObject, or all keys are in one object of your own. It returns
// `null` for a missing key, lists keys without their prefix, and fails with UNKNOWN_ERROR.
import type { KvStore } from "../contract/contract.ts";
import { hasMethods } from "../contract/methods.ts";
import type { ObjectStorage, RemoteNamespace } from "../contract/platform.ts";
import { durableObjectKvStore as openObjects } from "../stores/durable-object/durable-object-store.ts";
import { type BaseKvStoreLayer, layerOf, onlyCallable } from "./base-layer.ts";
import { type BaseStoreOptions, baseStore, type OpenBaseKvStore } from "./base-store.ts";
import type { UploadistaError } from "./uploadista-error.ts";

export type DurableObjectKvOptions<E = UploadistaError> = BaseStoreOptions<E> & {
  /** The binding of the class `KvCatalog`. Without it, the store has no `list`. */
  readonly catalog?: RemoteNamespace;
  /** The number of shards of the catalog for new keys: 1 to 64, by default 4. */
  readonly catalogShards?: number;
};

export type DurableObjectKvStoreConfig<E = UploadistaError> =
  | (BaseStoreOptions<E> & {
      /**
       * `ctx.storage` of your own object. The store sets no alarm: a read removes a value that has
       * expired.
       */
      readonly storage: ObjectStorage;
    })
  | (DurableObjectKvOptions<E> & {
      /** The binding of the class `KvObject`. */
      readonly namespace: RemoteNamespace;
    });

/**
 * A base store without `list` if there is no catalog. Core has its own answer to a store without
 * `list`.
 */
export type DurableObjectBaseKvStore<E = UploadistaError> = Omit<OpenBaseKvStore<E>, "list"> &
  Partial<Pick<OpenBaseKvStore<E>, "list">>;

/**
 * The base store over `{ storage }`, over `{ namespace, catalog }`, or over a namespace itself with
 * the options as a second argument.
 */
export function makeDurableObjectBaseKvStore<E = UploadistaError>(
  config: DurableObjectKvStoreConfig<E> | RemoteNamespace,
  options?: DurableObjectKvOptions<E>,
): DurableObjectBaseKvStore<E> {
  // A missing binding fails when it is used, with an error that names it.
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
  // Only `list` calls the catalog.
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
