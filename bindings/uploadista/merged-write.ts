// How a base store writes what is a record of Uploadista: as a change of the record that is there, so
// that a whole record, written from an older state, takes nothing away. By their prefixes core's typed
// stores say which record a value is.
import type { ByteStore } from "../contract/bytes.ts";
import type { RecordKind, RecordUse } from "../contract/record-use.ts";
import type { Write } from "./base-store.ts";

const kinds: readonly (readonly [prefix: string, RecordKind])[] = [
  ["uploadista:upload-file:", "upload"],
  ["uploadista:flow-job:", "flow-job"],
];
const encoder = new TextEncoder();

export const mergedWrite: Write = (store, key, value, options) => {
  const kind = typeof key === "string" && kinds.find(([prefix]) => key.startsWith(prefix));
  // What is no well-formed text is refused as that by `set`.
  if (!kind || typeof value !== "string" || !value.isWellFormed()) {
    return store.set(key, value, options);
  }
  const use: RecordUse = { record: kind[1], whole: true };
  return (store as ByteStore).patchBytes(key, encoder.encode(value), { ...options, ...use });
};
