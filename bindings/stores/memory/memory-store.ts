// The memory store: records in the linear memory of an instance of its own.

import { Core, defaultMaxBytes } from "../../boundary/instance.ts";
import type { ByteStore } from "../../contract/bytes.ts";
import { CoreStore } from "../../operation/core-store.ts";
import type { Host } from "../../operation/host.ts";
import { OpenStore } from "../../operation/open-store.ts";

export type MemoryKvStoreOptions = {
  /** A prefix that callers never see. */
  readonly keyNamespace?: string;
  /**
   * The most that keys, values and their overhead may take, in bytes: 64 MiB by default, 32 MiB in a
   * Worker. A write beyond it fails with `OUT_OF_MEMORY` and changes nothing.
   */
  readonly maxBytes?: number;
  /** `"lru"`: instead of failing, drops the records used least recently. */
  readonly eviction?: "lru";
};

// The store answers at once and asks for nothing.
const noHost: Host = { perform: (requests) => requests.map(() => ({})) };

/** A store that lives as long as the process. Each call opens a new, empty one. */
export function memoryKvStore(options: MemoryKvStoreOptions = {}): ByteStore {
  const { keyNamespace = "", maxBytes = defaultMaxBytes, ...rest } = options;
  const store = new OpenStore(new Core(), { kind: "memory", keyNamespace, maxBytes, ...rest });
  return new CoreStore(store, noHost, keyNamespace);
}
