// Reads many keys for one answer, a few at a time.
import type { ByteStore } from "../contract/bytes.ts";
import type { Call } from "../contract/contract.ts";
import { KvError, type KvErrorCode } from "../contract/errors.ts";
import { maxConnections } from "../contract/limits.ts";

/** The result of reading one key: its value, `null` if it is absent, or the error. */
export type Read = { readonly key: string } & (
  | { readonly value: Uint8Array | null }
  | { readonly error: unknown }
);

// The codes with which a store refuses a batch although it may accept its keys one by one.
const batchRefusals: readonly KvErrorCode[] = ["INVALID_KEY", "TOO_LARGE", "RATE_LIMITED"];
const encoder = new TextEncoder();

/**
 * Reads the first of the keys, as many values as fit `maxBytes`; the first value always fits. It calls
 * the store once if the store can return every value at once. If the store refuses the batch (a key is
 * bad, or the values are too large together), each key is read by itself and has its own result.
 */
export async function readMany(
  store: ByteStore,
  keys: readonly string[],
  maxBytes: number,
  call: Call = {},
): Promise<Read[]> {
  let batch: (string | null)[] | null = null;
  try {
    batch = await store.getMany(keys, call);
  } catch (error) {
    if (!(error instanceof KvError)) throw error;
    // A store that cannot be reached is not called a hundred times more.
    if (!batchRefusals.includes(error.code)) return keys.map((key) => ({ key, error }));
  }
  const reads: Read[] = [];
  let bytes = 0;
  while (reads.length < keys.length) {
    const some = keys.slice(reads.length, reads.length + maxConnections);
    const values =
      batch === null
        ? await readTogether(some, (key) => store.getBytes(key, call))
        : batch.slice(reads.length, reads.length + maxConnections).map(settledBytes);
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

/**
 * Reads all of the keys at the same time; the results have their order. A read that was refused because
 * of the others (`RATE_LIMITED`: large values fill what the core admits at a time) is repeated alone.
 */
export async function readTogether<T>(
  keys: readonly string[],
  read: (key: string) => Promise<T>,
): Promise<PromiseSettledResult<T>[]> {
  const settled = await Promise.allSettled(keys.map(read));
  for (const [i, key] of keys.entries()) {
    const one = settled[i];
    const wasCrowdedOut =
      one?.status === "rejected" &&
      one.reason instanceof KvError &&
      one.reason.code === "RATE_LIMITED";
    if (wasCrowdedOut) [settled[i] = one] = await Promise.allSettled([read(key)]);
  }
  return settled;
}

function settledBytes(value: string | null): PromiseFulfilledResult<Uint8Array | null> {
  return { status: "fulfilled", value: value === null ? null : encoder.encode(value) };
}
