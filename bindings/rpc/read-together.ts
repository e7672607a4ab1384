// Reads of several keys at a time, for answers that hold many values.
import { KvError } from "../contract/errors.ts";

/**
 * What `read` gives for each key, in order. A read that was refused because of the others beside it
 * (`RATE_LIMITED`: large values fill what the core admits at a time) is repeated by itself.
 */
export async function readTogether<T>(
  keys: readonly string[],
  read: (key: string) => Promise<T>,
): Promise<PromiseSettledResult<T>[]> {
  const settled = await Promise.allSettled(keys.map(read));
  for (const [i, key] of keys.entries()) {
    const one = settled[i];
    const crowdedOut =
      one?.status === "rejected" &&
      one.reason instanceof KvError &&
      one.reason.code === "RATE_LIMITED";
    if (crowdedOut) [settled[i] = one] = await Promise.allSettled([read(key)]);
  }
  return settled;
}
