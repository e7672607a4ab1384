// Writes a request to the core into the instance's memory (twin of the grammar in
// wasm/core/message.h, tied by tests/node/boundary).
import type { Instance } from "./instance.ts";
import { headerBytes, scratchBytes } from "./linear-memory.ts";
import {
  encodeItems,
  expiryKind,
  expiryNumber,
  keyMalformed,
  type RequestExpiry,
  type RequestItem,
  valueMalformed,
} from "./request-items.ts";
import { type MemoryRange, reserve } from "./reserve.ts";

// The flags of a request, beside those in request-items.ts.
const hasExtra = 4;
/** The answer to a write holds the version of its value. */
export const wantVersion = 8;
const checkUtf8 = 16;

/** The operation, its store, and its times in Unix milliseconds. */
export type RequestHead = {
  readonly op: number;
  readonly store: number;
  readonly nowMs: number;
  readonly deadlineMs: number;
};

/**
 * The rest of a request. A `value` of bytes may hold anything: the core checks that it is UTF-8.
 * `extra` is an expected version or a cursor.
 */
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

let seed = 0;

/** The seed of a request: only the jitter of its retries depends on it. */
export function nextSeed(): number {
  // The first one is drawn here, because a Worker has no randomness in its global scope.
  if (seed === 0) seed = Math.random() * 0x1_0000_0000;
  seed = (seed + 0x9e37_79b9) >>> 0;
  return seed;
}

/** Writes a request; throws `RoomRefused` if the core has no room for it. */
export function writeRequest(
  instance: Instance,
  head: RequestHead,
  nameSpace: Uint8Array,
  fields: RequestFields,
): MemoryRange {
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

// Most requests are small: a key, perhaps a value, and no other text. If encoding makes as many bytes
// as there are characters, then all of it is ASCII, and so it is well-formed.
function writeAscii(
  instance: Instance,
  head: RequestHead,
  fields: RequestFields,
  key: string,
  value: string | undefined,
): MemoryRange | null {
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
): MemoryRange {
  const { key = "", value } = fields;
  const extra = typeof fields.extra === "string" ? fields.extra : "";
  const items = encodeItems(nameSpace, fields.items);
  // UTF-8 takes at most three bytes for each UTF-16 unit.
  const fixed = headerBytes + nameSpace.length + 3 * (key.length + extra.length) + items.length;
  const most = fixed + (typeof value === "string" ? 3 * value.length : (value?.length ?? 0));
  // A large value is encoded first to learn its exact size: three times as much may not fit.
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
  // In the order in which they lie in the request.
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
