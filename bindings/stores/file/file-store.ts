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
  /** The directory of the files, one for each key. */
  readonly directory: string;
  /**
   * What a loss of power costs: with `"rename"` (the default) the writes of the last seconds, with
   * `"fsync"` no write that was acknowledged. A crash of the process costs no acknowledged write
   * with either.
   */
  readonly durability?: "rename" | "fsync";
  /** Whether the store makes a missing directory, with those that lead to it; by default it does. */
  readonly createDirectory?: boolean;
  /** A prefix that callers never see. */
  readonly keyNamespace?: string;
};

/**
 * A store in a directory: each key has a file `KEY.json`, whose content is the raw value. Any
 * number of processes of one machine may use the same directory. Nothing is read or written before
 * the first operation. Throws `INVALID_ARGUMENT` if an option is wrong.
 */
export function fileKvStore(options: FileKvStoreOptions): ByteStore {
  return openFileStore(options, {});
}

/** As `fileKvStore`, with options that only tests set: `more` for the core, and `lease` for the host. */
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
