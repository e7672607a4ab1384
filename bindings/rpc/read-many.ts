// Reads of many keys for one answer, as bytes and up to what the answer may hold.

import type { ByteStore } from "../contract/bytes.ts";
import type { Call } from "../contract/contract.ts";
import { KvError, type KvErrorCode } from "../contract/errors.ts";
import { maxConnections } from "../contract/limits.ts";
import { readTogether } from "./read-together.ts";

/** What reading one key gave: its value, `null` if it is absent, or a failure. */
export type Read = { readonly key: string } & (
  | { readonly value: Uint8Array | null }
  | { readonly error: unknown }
);

const refusesTogether: readonly KvErrorCode[] = ["INVALID_KEY", "TOO_LARGE", "RATE_LIMITED"];
const encoder = new TextEncoder();

/**
 * The values of the first of the keys, as many as fit `maxBytes` together; the first one always does.
 * One call to the store if it can give every value at once. If it refuses them together (one key is
 * bad, or they are too large) each key is read by itself, so that it has its own outcome.
 */
export async function readMany(
  store: ByteStore,
  keys: readonly string[],
  maxBytes: number,
  call: Call = {},
): Promise<Read[]> {
  let together: (string | null)[] | null = null;
  try {
    together = await store.getMany(keys, call);
  } catch (error) {
    if (!(error instanceof KvError)) throw error;
    // A store that is out of reach is not asked a hundred times more.
    if (!refusesTogether.includes(error.code)) return keys.map((key) => ({ key, error }));
  }
  const reads: Read[] = [];
  let bytes = 0;
  while (reads.length < keys.length) {
    const some = keys.slice(reads.length, reads.length + maxConnections);
    const values =
      together === null
        ? await readTogether(some, (key) => store.getBytes(key, call))
        : together.slice(reads.length, reads.length + maxConnections).map(settledBytes);
    for (const [i, one] of values.entries()) {
      const key = some[i] ?? "";
      const value = one.status === "fulfilled" ? one.value : null;
      bytes += value?.length ?? 0;
      if (bytes > maxBytes && reads.length > 0) return reads;
      reads.push(one.status === "fulfilled" ? { key, value } : { key, error: one.reason });
    }
  }
  return reads;
}

function settledBytes(value: string | null): PromiseFulfilledResult<Uint8Array | null> {
  return { status: "fulfilled", value: value === null ? null : encoder.encode(value) };
}
