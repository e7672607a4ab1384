// The contents of messages to and from the service: values as bytes, and how many of them fit.

import type { ByteEntry } from "../contract/bytes.ts";
import type { Call, Entry, Expiry, JsonValue } from "../contract/contract.ts";
import { KvError, type KvErrorFields } from "../contract/errors.ts";
import { maxMessageBytes, type ServiceItem, type ServiceValue } from "./service-protocol.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });

/** The options of a call that cross RPC: all but the signal. */
export function withoutSignal<T extends Call>({ signal, ...plain }: T): Omit<T, "signal"> {
  return plain;
}

/** The value as bytes. A value that is not well-formed text stays as it is, for the core to refuse it. */
export function bytesOf(value: string): ServiceValue {
  return typeof value === "string" && value.isWellFormed() ? encoder.encode(value) : value;
}

/**
 * The value as JSON text in bytes; `null` if it cannot be converted. A value without JSON text, such as
 * `undefined`, becomes no bytes, which the core refuses because they are not JSON.
 */
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

/** The first of the entries, as many as fit one message, and at least one. */
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
 * Throws `TOO_LARGE` if a message cannot hold these texts. In a message a string takes one byte a
 * character, or two if any of its characters is beyond U+00FF.
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
