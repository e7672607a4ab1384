// The core's Task as WebAssembly in Node: a flat stack, frames that cannot be allocated, and stacks that overflow.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { instantiate } from "../../selftest/selftest.ts";

// The Worker's types know no compiling at run time.
const { Module } = WebAssembly as unknown as {
  Module: new (bytes: Uint8Array) => WebAssembly.Module;
};
const module = new Module(readFileSync(join(import.meta.dirname, "../../selftest/selftest.wasm")));
const outOfMemory = -13;

test("1,000,000 awaits of a child that never suspends leave the stack flat", () => {
  const selftest = instantiate(module);
  expect(selftest.await_many(1_000_000)).toBe(500_000);
  // The optimiser removed no frame: each await was one.
  expect(selftest.frames_allocated()).toBe(1_000_001);
  expect(selftest.frames_alive()).toBe(0);
});

test("a chain of 100,000 nested awaits ends by symmetric transfer", () => {
  const selftest = instantiate(module);
  expect(selftest.await_deep(100_000)).toBe(100_000);
  expect(selftest.frames_allocated()).toBe(100_001);
  expect(selftest.frames_alive()).toBe(0);
});

test("a frame that cannot be allocated is OUT_OF_MEMORY, wherever it is, and leaves no frame", () => {
  const selftest = instantiate(module);
  for (let allowed = 0; allowed <= 20; allowed++) {
    selftest.allow_frames(allowed);
    expect(selftest.await_many(20), `${allowed} frames`).toBe(outOfMemory);
    expect(selftest.frames_alive()).toBe(0);
    selftest.allow_frames(allowed);
    expect(selftest.await_deep(20), `${allowed} frames`).toBe(outOfMemory);
    expect(selftest.frames_alive()).toBe(0);
  }
  selftest.allow_frames(21);
  expect(selftest.await_many(20)).toBe(10);
  selftest.allow_frames(21);
  expect(selftest.await_deep(20)).toBe(20);
});

test("an overflow of the engine's stack is a RangeError", () => {
  expect(instantiate(module).call_deep(100)).toBe(101);
  expect(() => instantiate(module).call_deep(100_000_000)).toThrow(RangeError);
});

test("an overflow of the stack in linear memory traps instead of running into the data", () => {
  const selftest = instantiate(module);
  expect(selftest.fill_stack(10)).toBeGreaterThan(0);
  expect(() => selftest.fill_stack(10_000)).toThrow(WebAssembly.RuntimeError);
});
