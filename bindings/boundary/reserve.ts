// Room in an instance's memory for bytes that the next call of an export takes.
import type { Instance } from "./instance.ts";
import { scratchBytes } from "./linear-memory.ts";

/** Where bytes were written: in the scratch space, or in a block that the core reserved. */
export type MemoryRange = { readonly address: number; readonly bytes: number };

/** The core refused to reserve room; the last result has the reason. */
export class RoomRefused extends Error {
  override readonly name = "RoomRefused";
}

/**
 * Returns the address of room for that many bytes, or throws `RoomRefused`. `valueBytes` of them
 * belong to a value. REQUIRES: the next call of an export is the one that takes them.
 */
export function reserve(instance: Instance, bytes: number, valueBytes = 0): number {
  if (bytes <= scratchBytes) return instance.scratch;
  const address = instance.guard((exports) => exports.kv_reserve(bytes, valueBytes));
  if (address === 0) throw new RoomRefused("the core has no room");
  return address;
}
