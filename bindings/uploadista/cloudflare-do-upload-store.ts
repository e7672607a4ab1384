// Uploadista's store of uploads in Durable Objects. Without a catalog, it calls the class
// UploadFileObject, or any class with the same methods. With a catalog, it keeps the records as
// core does, in the base store over Durable Objects.
import { Layer } from "effect";
import type { RemoteNamespace } from "../contract/platform.ts";
import { recordPrefixes } from "../contract/record-use.ts";
import type { UploadFile } from "../records/uploads.ts";
import type { OpenBaseKvStore } from "./base-store.ts";
import { makeDurableObjectBaseKvStore } from "./durable-object-base-store.ts";
import { typedJsonStore } from "./typed-json-store.ts";
import {
  type ObjectNamespace,
  type TypedStoreOptions,
  typedObjectStore,
} from "./typed-object-store.ts";
import type { UploadistaError } from "./uploadista-error.ts";
import { type KvStore, UploadFileKVStore } from "./uploadista-stores.ts";

/** The methods of the class that the store calls. */
export type UploadFileDurableObjectBranded<T extends UploadFile = UploadFile> = {
  getUploadFile(): Promise<T | undefined>;
  setUploadFile(value: T): Promise<void>;
  deleteUploadFile(): Promise<void>;
  emit(event: unknown): Promise<void>;
};

/** The binding of a class with those methods. */
export type UploadFileDurableObject<T extends UploadFile = UploadFile> = ObjectNamespace<
  UploadFileDurableObjectBranded<T>
>;

export type CloudflareDoUploadStoreOptions<E = UploadistaError> = TypedStoreOptions<E> & {
  durableObject: ObjectNamespace;
  /**
   * The binding of the class `KvCatalog`. With it, `durableObject` is the binding of the class
   * `KvObject`.
   */
  catalog?: RemoteNamespace;
};

/** The store. It has a `list` only with a catalog, because an object does not know the other objects. */
export function makeCloudflareDoUploadStore<T extends UploadFile = UploadFile, E = UploadistaError>(
  options: CloudflareDoUploadStoreOptions<E>,
): KvStore<T, E> {
  const { durableObject, catalog } = options ?? {};
  if (catalog !== undefined) {
    const namespace = durableObject as RemoteNamespace;
    const base = makeDurableObjectBaseKvStore({ ...options, namespace, catalog });
    return typedJsonStore(base as OpenBaseKvStore<E>, recordPrefixes.upload, options);
  }
  type Stub = UploadFileDurableObjectBranded<T>;
  const methods = {
    get: (stub: Stub) => stub.getUploadFile(),
    set: (stub: Stub, value: T) => stub.setUploadFile(value),
    delete: (stub: Stub) => stub.deleteUploadFile(),
  };
  return typedObjectStore(durableObject, methods, options ?? {});
}

export function cloudflareDoUploadStore<E = UploadistaError>(
  options: CloudflareDoUploadStoreOptions<E>,
): Layer.Layer<UploadFileKVStore> {
  // A tag has one type of errors. The caller knows which class they really have.
  const store = makeCloudflareDoUploadStore(options) as unknown as KvStore<UploadFile>;
  return Layer.succeed(UploadFileKVStore, store);
}
