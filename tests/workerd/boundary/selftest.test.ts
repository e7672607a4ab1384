// The core's Task as WebAssembly in workerd, whose stack is another than Node's.
import { expect, test } from "vitest";
import { instantiate } from "../../selftest/selftest.ts";
import selftestModule from "../../selftest/selftest.wasm";

test("in workerd, 1,000,000 awaits of a child that never suspends leave the stack flat", () => {
  const selftest = instantiate(selftestModule);
  expect(selftest.await_many(1_000_000)).toBe(500_000);
  expect(selftest.frames_allocated()).toBe(1_000_001);
  expect(selftest.frames_alive()).toBe(0);
});

test("in workerd, a chain of 100,000 nested awaits ends by symmetric transfer", () => {
  const selftest = instantiate(selftestModule);
  expect(selftest.await_deep(100_000)).toBe(100_000);
  expect(selftest.frames_alive()).toBe(0);
});

test("in workerd, an overflow of the engine's stack is a RangeError, and of the other a trap", () => {
  expect(() => instantiate(selftestModule).call_deep(100_000_000)).toThrow(RangeError);
  expect(() => instantiate(selftestModule).fill_stack(10_000)).toThrow(WebAssembly.RuntimeError);
});
