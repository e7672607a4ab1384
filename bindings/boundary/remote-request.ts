// Writes a request that came by RPC into the instance's memory. The core of the sender encoded it.
import type { Instance } from "./instance.ts";
import { headerBytes } from "./linear-memory.ts";
import { writeOctets } from "./octets.ts";
import type { RemoteHead, RemoteValue } from "./remote-message.ts";
import { nextSeed } from "./request.ts";
import { type MemoryRange, reserve } from "./reserve.ts";

const encoder = new TextEncoder();

/**
 * Writes the request and returns its deadline in Unix milliseconds. The clocks of the two sides may
 * differ: the deadline is this side's `nowMs` plus the time that was left when the request was sent.
 * With `opNumber` the request is for that operation instead, and has no value.
 */
export function writeRemoteRequest(
  instance: Instance,
  head: RemoteHead,
  value: RemoteValue,
  store: number,
  nowMs: number,
  opNumber?: number,
): MemoryRange & { readonly deadlineMs: number } {
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
