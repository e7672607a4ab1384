// The bytes of the boundary as the shim writes and reads them. The core is held to the same golden.json by
// tests/native/unit/golden-test.cc, so the twins cannot part.
import { describe, expect, test } from "vitest";
import { CallResult, resultKind } from "../../../bindings/boundary/call-result.ts";
import { capabilitiesOf, capabilityBits } from "../../../bindings/boundary/capability-bits.ts";
import { writeReplies } from "../../../bindings/boundary/host-reply.ts";
import { verb } from "../../../bindings/boundary/host-request.ts";
import type { Instance } from "../../../bindings/boundary/instance.ts";
import { headerBytes, scratchBytes } from "../../../bindings/boundary/linear-memory.ts";
import { type OpName, op } from "../../../bindings/boundary/op.ts";
import { wantVersion, writeRequest } from "../../../bindings/boundary/request.ts";
import type { RequestItem } from "../../../bindings/boundary/request-items.ts";
import { codes } from "../../../bindings/contract/errors.ts";
import {
  longestTimerMs,
  maxPageKeys,
  maxValueBytes,
  reapAfterDeadlineMs,
} from "../../../bindings/contract/limits.ts";
import { reads, writes } from "../../../bindings/contract/operations.ts";
import { type RecordUse, recordByte } from "../../../bindings/contract/record-use.ts";
import golden from "./golden.json" with { type: "json" };

const seedAt = 32;
const seedBytes = 8;

type Json = { readonly [member: string]: unknown };

/** The parts of an instance that writing and reading need, over memory of the test's own. */
function instanceOver(memory: Uint8Array<ArrayBuffer>): Instance {
  const { buffer } = memory;
  return {
    scratch: 0,
    bytes: memory,
    words: new Uint32Array(buffer),
    numbers: new Float64Array(buffer),
    view: new DataView(buffer),
    textRoom: memory.subarray(headerBytes),
  } as unknown as Instance;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(text, "hex"));
}

/** What JSON has no text for: NaN and Infinity, unpaired surrogates, bytes. */
function revive(value: unknown): unknown {
  if (value === "NaN" || value === "Infinity") return Number(value);
  if (Array.isArray(value)) return value.map(revive);
  if (typeof value !== "object" || value === null) return value;
  if ("units" in value) return String.fromCharCode(...(value.units as number[]));
  const members = Object.entries(value).map(([name, member]) =>
    name.endsWith("Hex") ? [name.slice(0, -3), bytesOf(member as string)] : [name, revive(member)],
  );
  return Object.fromEntries(members);
}

test("operations, verbs, codes and kinds have the numbers of golden.json", () => {
  expect(op).toEqual(golden.op);
  expect(verb).toEqual(golden.verb);
  expect(codes).toEqual(golden.codes);
  expect(resultKind).toEqual(golden.kind);
  expect(wantVersion).toBe(golden.flag.wantVersion);
  expect(headerBytes).toBe(golden.headerBytes);
});

test("capabilities, limits, operations and codes are the facts of the core in golden.json", () => {
  const { facts } = golden;
  expect(capabilityBits).toEqual(facts.capabilities);
  expect(capabilitiesOf(facts.capabilities.patch | facts.capabilities.orderedPages)).toEqual({
    compareAndSet: false,
    patch: true,
    linearizableReads: false,
    expiry: false,
    orderedPages: true,
  });
  // A key is measured by the core alone.
  const { maxKeyBytes: _, ...limits } = facts.limits;
  const known = { maxValueBytes, maxPageKeys, scratchBytes, reapAfterDeadlineMs, longestTimerMs };
  expect(known).toEqual(limits);
  expect(op).toEqual(facts.operations);
  expect(Object.fromEntries(codes.map((code, i) => [code, i + 1]))).toEqual(facts.codes);
});

test("the operations that write are those of golden.json, and all others of the contract read", () => {
  const inner = ["sweep", "objectSettle", "objectAlarm"];
  expect(new Set(writes)).toEqual(new Set(golden.facts.writes));
  const all = [...reads, ...writes, ...inner];
  expect(all.sort()).toEqual(Object.keys(golden.facts.operations).sort());
});

test("a use of records is the byte of golden.json, and an unknown kind one that the core refuses", () => {
  for (const { use, byte } of golden.recordUse) expect(recordByte(use as RecordUse)).toBe(byte);
  expect(recordByte({ record: "other" as never }) & 3).toBe(3);
});

test("golden.json has a request of every operation", () => {
  expect(new Set(golden.requests.map((one) => one.op))).toEqual(new Set(Object.keys(op)));
});

describe("a request is written as golden.json has it", () => {
  test.each(golden.requests.map((one) => [one.name, one] as const))("%s", (_, one) => {
    const instance = instanceOver(new Uint8Array(64 * 1024).fill(0xee));
    const { nowMs, deadlineMs, fields } = revive(one) as {
      nowMs: number;
      deadlineMs: number;
      fields: Json & { items?: RequestItem[] };
    };
    const head = { op: op[one.op as OpName], store: one.store, nowMs, deadlineMs };
    const nameSpace = new TextEncoder().encode(one.nameSpace);
    const { address, bytes } = writeRequest(instance, head, nameSpace, fields);
    const written = instance.bytes.slice(address, address + bytes);
    // The seed is another each time; only the jitter of retries depends on it.
    const seed = written.subarray(seedAt, seedAt + seedBytes);
    expect(hex(seed)).not.toBe("ee".repeat(seedBytes));
    seed.set(bytesOf(golden.seed).reverse());
    expect(hex(written)).toBe(one.bytes);
    expect(hex(instance.bytes.subarray(bytes, bytes + 100))).toBe("ee".repeat(100));
  });
});

describe("replies are written as golden.json has them", () => {
  test.each(golden.replies.map((one) => [one.name, one] as const))("%s", (_, one) => {
    const instance = instanceOver(new Uint8Array(64 * 1024).fill(0xee));
    const { address, bytes } = writeReplies(instance, revive(one.replies) as Json[]);
    expect(hex(instance.bytes.subarray(address, address + bytes))).toBe(one.bytes);
  });
});

function readBy(result: CallResult, name: string): unknown {
  if (name === "head") return [...result.headView];
  if (name === "requests") return result.requests().map((view) => view.copy());
  const member: unknown = Reflect.get(result, name, result);
  return typeof member === "function" ? member.call(result) : member;
}

describe("the result of a call is read as golden.json has it", () => {
  test.each(golden.results.map((one) => [one.name, one] as const))("%s", (_, one) => {
    const result = new CallResult(instanceOver(bytesOf(one.memory)), 0);
    for (const [name, expected] of Object.entries(one.read as Json)) {
      expect(readBy(result, name), name).toEqual(name === "items" ? expected : revive(expected));
    }
  });
});
