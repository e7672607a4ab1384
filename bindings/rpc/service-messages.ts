// What a message of the service holds: values on their way as bytes, and how much of them fits.

import type { ByteEntry } from "../contract/bytes.ts";
import type { Call, Entry, Expiry, JsonValue } from "../contract/contract.ts";
import { KvError, type KvErrorFields } from "../contract/errors.ts";
import { maxMessageBytes, type ServiceItem, type ServiceValue } from "./service-protocol.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });

/** What of a call's options crosses: a signal does not. */
export function withoutSignal<T extends Call>({ signal, ...plain }: T): Omit<T, "signal"> {
  return plain;
}

export function bytesOf(value: string): ServiceValue {
  return typeof value === "string" && value.isWellFormed() ? encoder.encode(value) : value;
}

/** As JSON text; what has none is no bytes, which are no JSON either. `null` if it cannot be written. */
export function bytesOfJson(value: JsonValue): Uint8Array | null {
  try {
    return encoder.encode(JSON.stringify(value) ?? "");
  } catch {
    return null;
  }
}

export function textOf(value: Uint8Array): string {
  return decoder.decode(value);
}

export function entryOf({ value, version, expiresAt }: ByteEntry): Entry {
  return { value: textOf(value), version, expiresAt };
}

export function failed(error: KvErrorFields): { readonly ok: false; readonly error: KvError } {
  return { ok: false, error: new KvError(error) };
}

/** The first of the entries, as many as one message holds: at least one. */
export function messageOf(
  entries: readonly ({ readonly key: string; readonly value: string } & Expiry)[],
): ServiceItem[] {
  const items: ServiceItem[] = [];
  let bytes = 0;
  for (const entry of entries) {
    const item = { ...entry, value: bytesOf(entry.value) };
    bytes += item.value?.length ?? 0;
    if (bytes > maxMessageBytes && items.length > 0) break;
    items.push(item);
  }
  return items;
}

/**
 * Refuses with `TOO_LARGE` what a message (32 MiB) cannot hold. A string takes a byte a character
 * there, or two if any of them is beyond U+00FF.
 */
export function requireSendable(
  texts: readonly (string | null)[],
  store: string,
  operation: string,
  key: string | null,
): void {
  let bytes = 0;
  for (const text of texts) {
    if (text === null) continue;
    bytes += /[\u0100-\uffff]/.test(text) ? text.length * 2 : text.length;
  }
  if (bytes <= maxMessageBytes) return;
  throw new KvError({
    code: "TOO_LARGE",
    message: `the answer takes ${bytes} bytes as text, and a message holds ${maxMessageBytes}`,
    store,
    operation,
    key,
    retryable: false,
    hint:
      operation === "list"
        ? "go through the keys with page"
        : "read through serviceKvStore, which carries values as bytes, or fewer at a time",
  });
}
