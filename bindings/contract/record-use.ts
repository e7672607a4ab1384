// How a call uses records: as an option that only the record stores give to a store's operations, and as
// a byte of the request (twin of RecordUse in wasm/records/record.h, tied by tests/node/boundary).

/** The kinds of records. */
export type RecordKind = "upload" | "flow-job";

/** The prefixes before the ids in keys: Uploadista's own, so that its stores find the same records. */
export const recordPrefixes: { readonly [kind in RecordKind]: string } = {
  upload: "uploadista:upload-file:",
  "flow-job": "uploadista:flow-job:",
};

/** An option beside the operation's own. */
export type RecordUse = {
  /** A read and a write check that the value is a record of that kind. */
  readonly record?: RecordKind;
  /** Only for `patch`: the change is a whole record, and becomes the record if there is none. */
  readonly whole?: boolean;
  /** Only for `patch`: fields that normally only grow or end are set to the values of the change. */
  readonly rewinds?: boolean;
};

const kinds: { readonly [kind in RecordKind]: number } = { upload: 1, "flow-job": 2 };
const noKind = 3;
const isWhole = 4;
const rewinds = 8;

/** REQUIRES: `record` is given. The core refuses the byte of an unknown kind. */
export function recordByte(use: RecordUse): number {
  const { record = "" } = use;
  const kind = Object.hasOwn(kinds, record) ? kinds[record as RecordKind] : noKind;
  return kind | (use.whole ? isWhole : 0) | (use.rewinds ? rewinds : 0);
}
