// JSON that is nested too deep is refused, wherever it comes from, and the stack never overflows.
import { expect, test } from "vitest";
import type { JsonValue } from "../../../bindings/contract/contract.ts";
import { expectNothingInFlight } from "../support/census.ts";
import { codeOf, failureOf } from "../support/failing.ts";
import { openMemory } from "../support/kv-fake.ts";

const levels = 5000;
const objects = (depth: number) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
const arrays = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
const bytes = (text: string) => new TextEncoder().encode(text);

test("a patch of 5,000 levels is refused, as text and as a value", async () => {
  const { core, store } = openMemory();
  const { instance } = core;
  await store.set("key", '{"a":1}');
  for (const text of [objects(levels), arrays(levels), `{"b":${arrays(levels)}}`]) {
    const failure = await failureOf(store.patchBytes("key", bytes(text)));
    expect(failure.code).toBe("INVALID_ARGUMENT");
    expect(failure.message).toContain("256");
    expect(await codeOf(store.patch("key", JSON.parse(text) as JsonValue))).toBe(
      "INVALID_ARGUMENT",
    );
  }
  expect(await store.get("key")).toBe('{"a":1}');
  expectNothingInFlight(core);
  expect(core.instance).toBe(instance);
});

test("a document of 5,000 levels is stored as text, and a patch of it is refused", async () => {
  const { core, store } = openMemory();
  const { instance } = core;
  for (const text of [
    objects(levels),
    arrays(levels),
    `[${'{"a":['.repeat(2500)}${"]}".repeat(2500)}]`,
  ]) {
    await store.set("key", text);
    const failure = await failureOf(store.patch("key", { a: 1 }));
    expect(failure.code).toBe("INVALID_VALUE");
    expect(await store.get("key")).toBe(text);
  }
  expectNothingInFlight(core);
  expect(core.instance).toBe(instance);
});

test("a patch cannot make a document deeper than it may be patched again", async () => {
  const { core, store } = openMemory();
  const { instance } = core;
  await store.set("key", objects(256));
  await store.patchBytes("key", bytes(objects(256)));
  expect(await codeOf(store.patchBytes("key", bytes(objects(257))))).toBe("INVALID_ARGUMENT");
  await store.patch("key", { b: 2 });
  expect((await store.get("key"))?.endsWith(',"b":2}')).toBe(true);
  expect(core.instance).toBe(instance);
});

test("a megabyte of unclosed brackets is refused without taking much memory", async () => {
  const { core, store } = openMemory();
  const { instance } = core;
  await store.set("key", "{}");
  const before = instance.exports.memory.buffer.byteLength;
  for (const one of ["[", "[{},", '{"a":', '"\\u00', "[[]", "1e"]) {
    const text = one.repeat(Math.floor(1_000_000 / one.length));
    expect(await codeOf(store.patchBytes("key", bytes(text)))).toBe("INVALID_ARGUMENT");
    await store.set("hostile", text);
    expect(await codeOf(store.patch("hostile", {}))).toBe("INVALID_VALUE");
  }
  expect(instance.exports.memory.buffer.byteLength - before).toBeLessThan(8 * 1024 * 1024);
  expectNothingInFlight(core);
  expect(core.instance).toBe(instance);
});
