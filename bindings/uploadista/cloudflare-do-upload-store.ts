// Uploadista's store of uploads in Durable Objects: the client of the class UploadFileObject, and of any
// class with the same methods; or, with a catalog, records as core keeps them in the base store over
// Durable Objects.
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

/** The methods that are called. */
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
  /** The binding of the class `KvCatalog`; `durableObject` is that of `KvObject` then. */
  catalog?: RemoteNamespace;
};

/** The store, which has a `list` only with a catalog: an object knows of no other. */
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
  // Which class the failures have is the caller's to know: a tag names one type alone.
  const store = makeCloudflareDoUploadStore(options) as unknown as KvStore<UploadFile>;
  return Layer.succeed(UploadFileKVStore, store);
}
