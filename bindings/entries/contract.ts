// What every entry of the package gives beside its own: the contract's types, and the one class of
// its errors.

export type { ByteEntry, ByteStore } from "../contract/bytes.ts";
export type {
  Call,
  Capabilities,
  Entry,
  Expiry,
  Finding,
  JsonValue,
  KvStore,
  Outcome,
  Page,
  Written,
} from "../contract/contract.ts";
export { KvError, type KvErrorCode, type KvErrorFields } from "../contract/errors.ts";
