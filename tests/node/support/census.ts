// What an instance holds when nobody uses it, as its exports tell it.
import { expect } from "vitest";
import type { Core, Instance } from "../../../bindings/boundary/instance.ts";

/** Fails unless no operation, no frame and no byte is left in flight. */
export function expectNothingInFlight(core: Core): void {
  const { instance } = core;
  forgetLastAnswer(instance);
  const { exports } = instance;
  expect({
    operations: exports.kv_operations(),
    frames: exports.kv_frames(),
    bytes: exports.kv_bytes_in_flight(),
  }).toEqual({ operations: 0, frames: 0, bytes: 0 });
}

/** The last answer, and a block that nobody started, live until the next call: this is one. */
export function forgetLastAnswer({ exports, scratch }: Instance): void {
  exports.kv_start(scratch, 0);
}

/**
 * Where a block larger than any hole in the heap lies: right above everything that is allocated. It is finer than the
 * size of the linear memory, which grows in large steps.
 */
export function heapTop(core: Core): number {
  const { instance } = core;
  const address = instance.exports.kv_reserve(32 * 1024 * 1024, 0);
  expect(address).toBeGreaterThan(0);
  forgetLastAnswer(instance);
  return address;
}
