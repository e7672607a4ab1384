// Every entry of the package exports this too: the types of the contract, and the class of all errors.

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
