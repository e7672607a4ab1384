// How a call uses records, as an option of the store's operations that only the record stores give,
// and as the byte of a request (twin of RecordUse in wasm/records/record.h, tied by
// tests/node/boundary).

/** Which record a value is. */
export type RecordKind = "upload" | "flow-job";

/** Beside an operation's own options: a read checks that the value is such a record, a write too. */
export type RecordUse = {
  readonly record?: RecordKind;
  /** Of `patch`: the change is a whole record, and becomes the record if there is none. */
  readonly whole?: boolean;
  /** Of `patch`: fields that only grow or end are set to what the change says. */
  readonly rewinds?: boolean;
};

const kinds: { readonly [kind in RecordKind]: number } = { upload: 1, "flow-job": 2 };
const isWhole = 4;
const rewinds = 8;

/** REQUIRES: `record` is given. One that is none is a byte that the core refuses. */
export function recordByte(use: RecordUse): number {
  const { record = "" } = use;
  const kind = Object.hasOwn(kinds, record) ? kinds[record as RecordKind] : 3;
  return kind | (use.whole ? isWhole : 0) | (use.rewinds ? rewinds : 0);
}
