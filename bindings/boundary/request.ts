// The bytes of a request (twin of the grammar in wasm/core/message.h, tied by tests/node/boundary).
import { headerBytes, type Instance, scratchBytes } from "./instance.ts";
import { writeOctets } from "./octets.ts";
import type { RemoteHead, RemoteValue } from "./remote-message.ts";

/** Operations by their numbers on the wire (twin of `Op` in wasm/core/message.h). */
export const op = {
  get: 1,
  set: 2,
  delete: 3,
  list: 4,
  page: 5,
  entry: 6,
  compareAndSet: 7,
  patch: 8,
  getMany: 9,
  setMany: 10,
  deleteMany: 11,
  diagnose: 12,
  compareAndDelete: 13,
  sweep: 14,
  objectSettle: 33,
  objectAlarm: 34,
} as const;
export type OpName = keyof typeof op;

const keyMalformed = 1;
const valueMalformed = 2;
const hasExtra = 4;
/** A write is to answer the version of its value. */
export const wantVersion = 8;
const checkUtf8 = 16;

const itemHeaderBytes = 20;

export type RequestExpiry = {
  readonly ttlSeconds?: number | undefined;
  readonly expiresAt?: number | undefined;
};

export type RequestItem = { readonly key: string; readonly value?: string } & RequestExpiry;

/** Which operation on which store, and when. */
export type RequestHead = {
  readonly op: number;
  readonly store: number;
  readonly nowMs: number;
  readonly deadlineMs: number;
};

/** What a request says. `value` as bytes may be anything: the core checks that it is UTF-8. */
export type RequestFields = {
  readonly key?: string | undefined;
  readonly extra?: string | null | undefined;
  readonly value?: string | Uint8Array | undefined;
  readonly items?: readonly RequestItem[] | undefined;
  readonly expiry?: RequestExpiry | undefined;
  readonly number?: number | undefined;
  readonly flags?: number | undefined;
  /** How the value is a record (bindings/contract/record-use.ts). */
  readonly record?: number | undefined;
};

const encoder = new TextEncoder();
const noBytes = new Uint8Array(0);

function expiryKind(expiry: RequestExpiry | null | undefined): number {
  if (expiry === undefined || expiry === null) return 0;
  return (expiry.ttlSeconds === undefined ? 0 : 1) | (expiry.expiresAt === undefined ? 0 : 2);
}

function expiryNumber(expiry: RequestExpiry | undefined): number {
  const number = expiry?.ttlSeconds ?? expiry?.expiresAt;
  return typeof number === "number" ? number : Number.NaN;
}

function flagsOf(fields: RequestFields): number {
  let flags = fields.flags ?? 0;
  if (fields.key?.isWellFormed() === false) flags |= keyMalformed;
  if (typeof fields.value === "string") {
    if (!fields.value.isWellFormed()) flags |= valueMalformed;
  } else if (fields.value !== undefined) {
    flags |= checkUtf8;
  }
  if (typeof fields.extra === "string") flags |= hasExtra;
  return flags;
}

// Only the jitter of retries depends on it.
let seed = 0;
function nextSeed(): number {
  // Not at the start: a Worker's global scope may have no randomness.
  if (seed === 0) seed = Math.random() * 0x1_0000_0000;
  seed = (seed + 0x9e37_79b9) >>> 0;
  return seed;
}

/** Where a request or replies were written: in the scratch space, or in a reserved block. */
export type Written = { readonly address: number; readonly bytes: number };

/** Thrown when the core refuses to reserve room; the outcome says why. */
export class RoomRefused extends Error {
  override readonly name = "RoomRefused";
}

/** Room for that many bytes. REQUIRES: the next call of an export is the one that takes them. */
export function reserve(instance: Instance, bytes: number, valueBytes = 0): number {
  if (bytes <= scratchBytes) return instance.scratch;
  const address = instance.guard((exports) => exports.kv_reserve(bytes, valueBytes));
  if (address === 0) throw new RoomRefused("the core has no room");
  return address;
}

function encodeItems(nameSpace: Uint8Array, items: readonly RequestItem[] | undefined): Uint8Array {
  if (items === undefined || items.length === 0) return noBytes;
  const encoded = items.map((item) => ({
    key: encoder.encode(item.key),
    value: item.value === undefined ? noBytes : encoder.encode(item.value),
  }));
  let total = 0;
  for (const { key, value } of encoded) {
    total += itemHeaderBytes + nameSpace.length + key.length + value.length;
  }
  const bytes = new Uint8Array(total);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (let i = 0; i < items.length; i++) {
    const item = items[i] as RequestItem;
    const { key, value } = encoded[i] as { key: Uint8Array; value: Uint8Array };
    let bits = expiryKind(item) << 8;
    if (!item.key.isWellFormed()) bits |= keyMalformed;
    if (item.value?.isWellFormed() === false) bits |= valueMalformed;
    view.setUint32(at, nameSpace.length + key.length, true);
    view.setUint32(at + 4, value.length, true);
    view.setUint32(at + 8, bits, true);
    view.setFloat64(at + 12, expiryNumber(item), true);
    at += itemHeaderBytes;
    bytes.set(nameSpace, at);
    bytes.set(key, at + nameSpace.length);
    bytes.set(value, at + nameSpace.length + key.length);
    at += nameSpace.length + key.length + value.length;
  }
  return bytes;
}

/** Writes a request into the instance's memory. */
export function writeRequest(
  instance: Instance,
  head: RequestHead,
  nameSpace: Uint8Array,
  fields: RequestFields,
): Written {
  const { key = "", value, extra, items } = fields;
  if (
    typeof value !== "object" &&
    typeof extra !== "string" &&
    items === undefined &&
    nameSpace.length === 0
  ) {
    const written = writeAscii(instance, head, fields, key, value);
    if (written !== null) return written;
  }
  return writeAny(instance, head, nameSpace, fields);
}

// What most requests are: a key, perhaps a value, no other text, and all of it ASCII and small. One
// encoding tells that it is, because then each character is one byte; and it is well-formed.
function writeAscii(
  instance: Instance,
  head: RequestHead,
  fields: RequestFields,
  key: string,
  value: string | undefined,
): Written | null {
  const text = value === undefined ? key : key + value;
  const { length } = text;
  const { textRoom } = instance;
  if (length > textRoom.length || encoder.encodeInto(text, textRoom).written !== length)
    return null;
  const lengths = { nameSpace: 0, key: key.length, value: length - key.length, extra: 0, items: 0 };
  writeHeader(instance, instance.scratch, head, fields, fields.flags ?? 0, lengths);
  return { address: instance.scratch, bytes: headerBytes + length };
}

function writeAny(
  instance: Instance,
  head: RequestHead,
  nameSpace: Uint8Array,
  fields: RequestFields,
): Written {
  const { key = "", value } = fields;
  const extra = typeof fields.extra === "string" ? fields.extra : "";
  const items = encodeItems(nameSpace, fields.items);
  // UTF-8 takes at most three bytes for each UTF-16 unit.
  const fixed = headerBytes + nameSpace.length + 3 * (key.length + extra.length) + items.length;
  const most = fixed + (typeof value === "string" ? 3 * value.length : (value?.length ?? 0));
  // Of a large value the exact size is worth an encoded copy: three times as much may not fit.
  const valueBytes =
    typeof value === "string" && most > scratchBytes ? encoder.encode(value) : value;
  const address =
    typeof valueBytes === "string"
      ? reserve(instance, most)
      : reserve(instance, fixed + (valueBytes?.length ?? 0), valueBytes?.length ?? 0);
  const { bytes } = instance;
  let at = address + headerBytes;
  const write = (text: string | Uint8Array | undefined): number => {
    if (text === undefined || text.length === 0) return 0;
    let written = text.length;
    if (typeof text === "string") written = encoder.encodeInto(text, bytes.subarray(at)).written;
    else bytes.set(text, at);
    at += written;
    return written;
  };
  // In the order in which they lie.
  const lengths = {
    nameSpace: write(nameSpace),
    key: write(key),
    extra: write(extra),
    items: write(items),
    value: write(valueBytes),
  };
  writeHeader(instance, address, head, fields, flagsOf(fields), lengths);
  return { address, bytes: at - address };
}

type Lengths = {
  readonly nameSpace: number;
  readonly key: number;
  readonly extra: number;
  readonly items: number;
  readonly value: number;
};

function writeHeader(
  instance: Instance,
  address: number,
  head: RequestHead,
  fields: RequestFields,
  flags: number,
  lengths: Lengths,
): void {
  const { words, numbers } = instance;
  const word = address >> 2;
  const number = address >> 3;
  const kind = expiryKind(fields.expiry);
  words[word] = head.op | (flags << 8) | (kind << 16) | ((fields.record ?? 0) << 24);
  words[word + 1] = head.store;
  numbers[number + 1] = head.nowMs;
  numbers[number + 2] = head.deadlineMs;
  numbers[number + 3] = kind === 0 ? 0 : expiryNumber(fields.expiry);
  words[word + 8] = nextSeed();
  words[word + 9] = 0;
  numbers[number + 5] = fields.number ?? 0;
  words[word + 12] = lengths.nameSpace;
  words[word + 13] = lengths.key;
  words[word + 14] = lengths.value;
  words[word + 15] = lengths.extra;
  words[word + 16] = lengths.items;
  words[word + 17] = fields.items?.length ?? 0;
}

/**
 * Writes a request that came by RPC: `head` as the core encoded it, and its value. The clock is this
 * side's, and so is the moment of the deadline: what crosses is how much time is left.
 */
export function writeRemoteRequest(
  instance: Instance,
  head: RemoteHead,
  value: RemoteValue,
  store: number,
  nowMs: number,
  opNumber?: number,
): Written & { readonly deadlineMs: number } {
  // UTF-8 takes at most three bytes for each UTF-16 unit.
  const most = head.length + (typeof value === "string" ? 3 : 1) * (value?.length ?? 0);
  const address = reserve(instance, Math.max(most, headerBytes));
  const { bytes, words, numbers } = instance;
  if (typeof head === "string") writeOctets(bytes, address, head);
  else bytes.set(head, address);
  let total = head.length;
  if (typeof value === "string") {
    total += encoder.encodeInto(value, bytes.subarray(address + total)).written;
  } else if (value !== null) {
    bytes.set(value, address + total);
    total += value.length;
  }
  if (opNumber !== undefined) {
    bytes.fill(0, address, address + 4);
    bytes[address] = opNumber;
    words[(address >> 2) + 14] = 0;
  }
  const number = address >> 3;
  const left = (numbers[number + 2] as number) - (numbers[number + 1] as number);
  const deadlineMs = nowMs + Math.max(1, Number.isFinite(left) ? left : 0);
  words[(address >> 2) + 1] = store;
  numbers[number + 1] = nowMs;
  numbers[number + 2] = deadlineMs;
  words[(address >> 2) + 8] = nextSeed();
  return { address, bytes: total, deadlineMs };
}
