// The operations of a store on values as bytes. The HTTP and RPC fronts call them, so that a value which
// arrives as bytes and leaves as bytes never becomes a string in between.
import type { Call, Expiry, KvStore, Written } from "./contract.ts";

/** A value as UTF-8 with its version, and its expiry in Unix seconds or `null` for never. */
export type ByteEntry = Written & { readonly value: Uint8Array };

/**
 * A store whose values can also be read and written as UTF-8 bytes, for callers that never need a
 * string.
 */
export interface ByteStore extends KvStore {
  /** As `get`: the value's bytes, or `null` if the key is absent. */
  getBytes(key: string, call?: Call): Promise<Uint8Array | null>;
  /** As `entry`: the value's bytes with version and expiry, or `null` if the key is absent. */
  entryBytes(key: string, call?: Call): Promise<ByteEntry | null>;
  /** As `set`. Rejects with `INVALID_VALUE` if the bytes are not UTF-8. */
  setBytes(key: string, value: Uint8Array, options?: Expiry & Call): Promise<Written>;
  /** As `compareAndSet`. Rejects with `INVALID_VALUE` if the bytes are not UTF-8. */
  compareAndSetBytes(
    key: string,
    version: string | null,
    value: Uint8Array,
    options?: Expiry & Call,
  ): Promise<Written>;
  /**
   * As `patch`, with the merge patch as JSON text in UTF-8. With `version` it rejects with
   * `VERSION_MISMATCH` if another version is the current one.
   */
  patchBytes(
    key: string,
    mergePatch: Uint8Array,
    options?: Expiry & Call & { readonly version?: string },
  ): Promise<ByteEntry>;
  /**
   * Deletes the key if its current version is that one. Rejects with `VERSION_MISMATCH` otherwise, also if
   * the key is absent.
   */
  compareAndDelete(key: string, version: string, call?: Call): Promise<void>;
  /** A view of the same store, whose keys have that prefix after the store's own namespace. */
  scope(keyNamespace: string): ByteStore;
}
