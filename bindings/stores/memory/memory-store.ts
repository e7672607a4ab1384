// The memory store. Its values are in the linear memory of its own instance of the core.

import { Core, defaultMaxBytes } from "../../boundary/instance.ts";
import type { ByteStore } from "../../contract/bytes.ts";
import { CoreStore } from "../../operation/core-store.ts";
import type { Host } from "../../operation/host.ts";
import { OpenStore } from "../../operation/open-store.ts";

export type MemoryKvStoreOptions = {
  /** A prefix that callers never see. */
  readonly keyNamespace?: string;
  /**
   * The most bytes that keys, values and their overhead may take: by default 64 MiB, and 32 MiB in
   * a Worker. A write that would exceed it fails with `OUT_OF_MEMORY` and changes nothing.
   */
  readonly maxBytes?: number;
  /**
   * With `"lru"`, a write that would exceed `maxBytes` drops the least recently used keys instead
   * of failing.
   */
  readonly eviction?: "lru";
};

// The store answers at once and makes no requests.
const noHost: Host = { perform: (requests) => requests.map(() => ({})) };

/**
 * Opens a new, empty store. Its values live until the store is closed or the process ends. Throws
 * `INVALID_ARGUMENT` for a wrong option.
 */
export function memoryKvStore(options: MemoryKvStoreOptions = {}): ByteStore {
  const { keyNamespace = "", maxBytes = defaultMaxBytes, ...rest } = options;
  const store = new OpenStore(new Core(), { kind: "memory", keyNamespace, maxBytes, ...rest });
  return new CoreStore(store, noHost, keyNamespace);
}
