// The stores over Durable Objects: from a Worker, and inside an object.

import type { RequestView } from "../../boundary/host-request.ts";
import { objectCore } from "../../boundary/object-core.ts";
import { sharedCore } from "../../boundary/shared-core.ts";
import type { ByteStore } from "../../contract/bytes.ts";
import type { ObjectStorage, RemoteNamespace } from "../../contract/platform.ts";
import { CoreStore } from "../../operation/core-store.ts";
import type { Host } from "../../operation/host.ts";
import { OpenStore } from "../../operation/open-store.ts";
import { DurableObjectHost } from "./durable-object-host.ts";
import { runSql } from "./run-sql.ts";

export type DurableObjectNamespaceOptions = {
  /** The binding of the class `KvObject`. */
  readonly namespace: RemoteNamespace;
  /** The binding of the class `KvCatalog`. */
  readonly catalog: RemoteNamespace;
  /** A prefix that callers never see. */
  readonly keyNamespace?: string;
  /** The number of shards of the catalog for new keys: 1 to 64, by default 4. A change loses no key. */
  readonly catalogShards?: number;
};

export type DurableObjectStorageOptions = {
  /** `ctx.storage` of a SQLite-backed object. */
  readonly storage: ObjectStorage;
  /** A prefix that callers never see. */
  readonly keyNamespace?: string;
};

/** A store inside an object, with its part of the object's alarm. */
export type DurableObjectStorageStore = ByteStore & {
  /**
   * Removes expired values, and resolves with the next expiry in Unix milliseconds, or `null` if
   * there is none. The alarm handler of your class calls it and sets the next alarm: the store
   * never sets one. Without it, a read removes a value that has expired.
   */
  alarm(): Promise<number | null>;
};

/**
 * With `{ namespace, catalog }`, a store in which each key has an object of its own: it is
 * linearizable, and no listing misses a key whose `set` was acknowledged. With `{ storage }`, a
 * store inside your own object: it touches only its own table, and never the alarm. Throws
 * `INVALID_ARGUMENT` for a wrong option.
 */
export function durableObjectKvStore(
  options: DurableObjectStorageOptions,
): DurableObjectStorageStore;
export function durableObjectKvStore(options: DurableObjectNamespaceOptions): ByteStore;
export function durableObjectKvStore(
  options: DurableObjectStorageOptions | DurableObjectNamespaceOptions,
): ByteStore {
  if ("storage" in options) return openInObject(options);
  const { namespace, catalog, ...rest } = options;
  const store = new OpenStore(sharedCore, { kind: "durable-object", ...rest });
  return new CoreStore(store, new DurableObjectHost(namespace, catalog), rest.keyNamespace);
}

function openInObject(options: DurableObjectStorageOptions): DurableObjectStorageStore {
  const { keyNamespace = "" } = options;
  const storage = options.storage as DurableObjectStorage;
  const host: Host = {
    takesViews: true,
    perform: (requests: readonly RequestView[]) => runSql(storage, requests),
  };
  const store = new OpenStore(objectCore, { kind: "durable-object-storage", keyNamespace });
  const opened = new CoreStore(store, host, keyNamespace);
  return Object.assign(opened, { alarm: () => opened.sweep() });
}
