// Reads the answers of operations from the result of a call of the core.
import type { CallResult } from "../boundary/call-result.ts";
import type { ByteEntry } from "../contract/bytes.ts";
import type { Entry, Finding, Outcome, Page, Written } from "../contract/contract.ts";
import { writtenText } from "./lazy-version.ts";
import type { OpenStore } from "./open-store.ts";
import { storeError } from "./store-error.ts";

export function nothing(): void {}

export function textOrNull(result: CallResult): string | null {
  return result.isPresent ? result.value : null;
}

export function bytesOrNull(result: CallResult): Uint8Array | null {
  return result.isPresent ? result.valueBytes : null;
}

export function entry({ value, version, expiresAt }: CallResult): Entry {
  return { value, version, expiresAt };
}

export function byteEntry({ valueBytes, version, expiresAt }: CallResult): ByteEntry {
  return { value: valueBytes, version, expiresAt };
}

export function entryOrNull(result: CallResult): Entry | null {
  return result.isPresent ? entry(result) : null;
}

export function byteEntryOrNull(result: CallResult): ByteEntry | null {
  return result.isPresent ? byteEntry(result) : null;
}

/** REQUIRES: the request had the flag `wantVersion`. */
export function writtenBytes({ version, expiresAt }: CallResult): Written {
  return { version, expiresAt };
}

export function keys(result: CallResult): string[] {
  return result.keys;
}

export function page({ keys, cursor }: CallResult): Page {
  return { keys, cursor };
}

export function findings(result: CallResult): Finding[] {
  return JSON.parse(result.value);
}

/** The next expiry in Unix milliseconds, or `null`. */
export function nextExpiryMs({ expiresAt }: CallResult): number | null {
  return expiresAt === null ? null : expiresAt * 1000;
}

export function values(result: CallResult): (string | null)[] {
  return result.items().map((item) => ("failure" in item ? null : item.value));
}

export function setOutcomes(
  store: OpenStore,
  entries: readonly { readonly key: string; readonly value: string }[],
  result: CallResult,
): Outcome<Written>[] {
  return result.items().map((item, i) => {
    const { key, value } = entries[i] as { key: string; value: string };
    if ("failure" in item) {
      return { ok: false, error: storeError(store.name, "setMany", key, item.failure) };
    }
    return { ok: true, value: writtenText(store, value, item.expiresAt) };
  });
}

export function deleteOutcomes(
  store: OpenStore,
  keys: readonly string[],
  result: CallResult,
): Outcome<void>[] {
  return result.items().map((item, i) => {
    const key = keys[i] as string;
    if ("failure" in item) {
      return { ok: false, error: storeError(store.name, "deleteMany", key, item.failure) };
    }
    return { ok: true, value: undefined };
  });
}
