// The keys of a batch and the expiry of a write, as a request holds them (twin of the grammar in
// wasm/core/message.h, tied by tests/node/boundary).

/** The expiry that a caller gave: anything, because the core checks it. */
export type RequestExpiry = {
  readonly ttlSeconds?: number | undefined;
  readonly expiresAt?: number | undefined;
};

/** One key of a batch; `value` is for writes. */
export type RequestItem = { readonly key: string; readonly value?: string } & RequestExpiry;

/** The text holds an unpaired surrogate: the core refuses the key or the value. */
export const keyMalformed = 1;
export const valueMalformed = 2;

const itemHeaderBytes = 20;
const encoder = new TextEncoder();
const noBytes = new Uint8Array(0);

/** Bit 0: `ttlSeconds` is given; bit 1: `expiresAt` is given. */
export function expiryKind(expiry: RequestExpiry | null | undefined): number {
  if (expiry === undefined || expiry === null) return 0;
  return (expiry.ttlSeconds === undefined ? 0 : 1) | (expiry.expiresAt === undefined ? 0 : 2);
}

/** The number of the expiry; NaN if the caller gave something else. */
export function expiryNumber(expiry: RequestExpiry | undefined): number {
  const number = expiry?.ttlSeconds ?? expiry?.expiresAt;
  return typeof number === "number" ? number : Number.NaN;
}

/** The items of a batch as bytes, each key after the namespace. */
export function encodeItems(
  nameSpace: Uint8Array,
  items: readonly RequestItem[] | undefined,
): Uint8Array {
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
