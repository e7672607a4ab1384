// The byte side of a store: what the HTTP and RPC fronts call, so that a value which arrives as
// bytes and leaves as bytes never becomes a string on its way.
import type { Call, Expiry, KvStore, Written } from "./contract.ts";

/** A value as UTF-8 bytes with its version and expiry. */
export type ByteEntry = Written & { readonly value: Uint8Array };

/** The same operations on values as UTF-8 bytes, for callers that carry bytes (HTTP, RPC) and never need a string. */
export interface ByteStore extends KvStore {
  getBytes(key: string, call?: Call): Promise<Uint8Array | null>;
  entryBytes(key: string, call?: Call): Promise<ByteEntry | null>;
  /** As `set`; bytes that are not UTF-8 reject with `INVALID_VALUE`. */
  setBytes(key: string, value: Uint8Array, options?: Expiry & Call): Promise<Written>;
  compareAndSetBytes(
    key: string,
    version: string | null,
    value: Uint8Array,
    options?: Expiry & Call,
  ): Promise<Written>;
  /** As `patch`, the merge patch as JSON text; with `version` only if that is the current one. */
  patchBytes(
    key: string,
    mergePatch: Uint8Array,
    options?: Expiry & Call & { readonly version?: string },
  ): Promise<ByteEntry>;
  /** Deletes only if the current version is that one, else (absent, too) `VERSION_MISMATCH`. */
  compareAndDelete(key: string, version: string, call?: Call): Promise<void>;
  /** A view of the same store below a further namespace. */
  scope(keyNamespace: string): ByteStore;
}
