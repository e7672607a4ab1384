// Uploadista's store of flow jobs in Durable Objects. Without a catalog, it calls the class
// FlowJobObject, or any class with the same methods. With a catalog, it keeps the records as core
// does, in the base store over Durable Objects.
import { Layer } from "effect";
import type { RemoteNamespace } from "../contract/platform.ts";
import { recordPrefixes } from "../contract/record-use.ts";
import type { FlowJob } from "../records/flow-jobs.ts";
import type { OpenBaseKvStore } from "./base-store.ts";
import { makeDurableObjectBaseKvStore } from "./durable-object-base-store.ts";
import { typedJsonStore } from "./typed-json-store.ts";
import {
  type ObjectNamespace,
  type TypedStoreOptions,
  typedObjectStore,
} from "./typed-object-store.ts";
import type { UploadistaError } from "./uploadista-error.ts";
import { FlowJobKVStore, type KvStore } from "./uploadista-stores.ts";

/** The methods of the class that the store calls. */
export type FlowJobDurableObjectBranded<T extends FlowJob = FlowJob> = {
  getFlowJob(): Promise<T | undefined>;
  setFlowJob(value: T): Promise<void>;
  deleteFlowJob(): Promise<void>;
  emit(event: unknown): Promise<void>;
};

/** The binding of a class with those methods. */
export type FlowJobDurableObject<T extends FlowJob = FlowJob> = ObjectNamespace<
  FlowJobDurableObjectBranded<T>
>;

export type CloudflareDoFlowStoreOptions<E = UploadistaError> = TypedStoreOptions<E> & {
  durableObject: ObjectNamespace;
  /**
   * The binding of the class `KvCatalog`. With it, `durableObject` is the binding of the class
   * `KvObject`.
   */
  catalog?: RemoteNamespace;
};

/** The store. It has a `list` only with a catalog, because an object does not know the other objects. */
export function makeCloudflareDoFlowStore<T extends FlowJob = FlowJob, E = UploadistaError>(
  options: CloudflareDoFlowStoreOptions<E>,
): KvStore<T, E> {
  const { durableObject, catalog } = options ?? {};
  if (catalog !== undefined) {
    const namespace = durableObject as RemoteNamespace;
    const base = makeDurableObjectBaseKvStore({ ...options, namespace, catalog });
    return typedJsonStore(base as OpenBaseKvStore<E>, recordPrefixes["flow-job"], options);
  }
  type Stub = FlowJobDurableObjectBranded<T>;
  const methods = {
    get: (stub: Stub) => stub.getFlowJob(),
    set: (stub: Stub, value: T) => stub.setFlowJob(value),
    delete: (stub: Stub) => stub.deleteFlowJob(),
  };
  return typedObjectStore(durableObject, methods, options ?? {});
}

/** Makes the store, not its layer, as Uploadista's function of this name does. */
export const cloudflareDoFlowStore: typeof makeCloudflareDoFlowStore = makeCloudflareDoFlowStore;

export function cloudflareDoFlowJobKvStore<E = UploadistaError>(
  options: CloudflareDoFlowStoreOptions<E>,
): Layer.Layer<FlowJobKVStore> {
  // A tag has one type of errors. The caller knows which class they really have.
  const store = makeCloudflareDoFlowStore(options) as unknown as KvStore<FlowJob>;
  return Layer.succeed(FlowJobKVStore, store);
}
