// The store in a directory, for Node.
import { resolve } from "node:path";
import { directoryCore } from "../../boundary/directory-core.ts";
import type { ByteStore } from "../../contract/bytes.ts";
import { KvError } from "../../contract/errors.ts";
import { CoreStore } from "../../operation/core-store.ts";
import { OpenStore } from "../../operation/open-store.ts";
import { FileHost } from "./file-host.ts";
import type { Lease } from "./lease.ts";

export type FileKvStoreOptions = {
  /** Where the files are, one for each key. */
  readonly directory: string;
  /**
   * What survives a loss of power: with `"rename"` (the default) all but the writes of the last
   * seconds, with `"fsync"` every write that was acknowledged. A crash of the process loses nothing
   * with either.
   */
  readonly durability?: "rename" | "fsync";
  /** Whether a missing directory is made, with those that lead to it (true). */
  readonly createDirectory?: boolean;
  /** A prefix that callers never see. */
  readonly keyNamespace?: string;
};

/**
 * A store in a directory: the file `KEY.json` for each key, with the raw value as its content. Any
 * number of processes of one machine may use one directory. Nothing is read or written before the
 * first operation.
 */
export function fileKvStore(options: FileKvStoreOptions): ByteStore {
  return openFileStore(options, {});
}

/** `more` goes into the store's configuration as well, and `lease` to its host: what only tests set. */
export function openFileStore(
  options: FileKvStoreOptions,
  more: { readonly portableNames?: boolean },
  lease?: Lease,
): ByteStore {
  const { directory, keyNamespace = "", ...rest } = options;
  if (typeof directory !== "string" || directory === "") {
    throw new KvError({
      code: "INVALID_ARGUMENT",
      message: "directory is not a path",
      hint: "pass the path of the store's directory, as { directory }",
      retryable: false,
      store: "file",
      operation: "open",
      key: null,
    });
  }
  const config = { kind: "file", keyNamespace, ...rest, ...more };
  const store = new OpenStore(directoryCore, config);
  return new FileKvStore(store, new FileHost(resolve(directory), lease), keyNamespace);
}

class FileKvStore extends CoreStore {
  readonly #host: FileHost;

  constructor(store: OpenStore, host: FileHost, keyNamespace: string) {
    super(store, host, keyNamespace);
    this.#host = host;
  }

  override async close(): Promise<void> {
    await super.close();
    await this.#host.close();
  }
}
