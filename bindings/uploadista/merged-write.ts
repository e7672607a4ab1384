// The two ways in which a base store writes a value: it replaces the value, or it merges a record of
// Uploadista into the record that is there. A merge loses nothing of what other writers wrote after
// this writer had read. The prefix of a key says which record its value is, because core's typed
// stores put the same prefixes before their keys.
import type { ByteStore } from "../contract/bytes.ts";
import type { Call, Expiry, KvStore } from "../contract/contract.ts";
import { type RecordKind, type RecordUse, recordPrefixes } from "../contract/record-use.ts";

/** Writes a value to a store; rejects with the store's `KvError` if that fails. */
export type Write = (
  store: KvStore,
  key: string,
  value: string,
  options: Expiry & Call,
) => Promise<unknown>;

const kinds = Object.entries(recordPrefixes) as [RecordKind, string][];
const encoder = new TextEncoder();

/** Replaces the value, whatever is there. */
export const replacingWrite: Write = (store, key, value, options) => store.set(key, value, options);

/** Merges a record into the record that is there; replaces every other value. */
export const mergedWrite: Write = (store, key, value, options) => {
  const found = typeof key === "string" && kinds.find(([, prefix]) => key.startsWith(prefix));
  // Text that is not well-formed has no bytes to merge: `set` refuses it with its own error.
  if (!found || typeof value !== "string" || !value.isWellFormed()) {
    return store.set(key, value, options);
  }
  const use: RecordUse = { record: found[0], whole: true };
  return (store as ByteStore).patchBytes(key, encoder.encode(value), { ...options, ...use });
};
