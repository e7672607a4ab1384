// How requests and answers cross RPC, and how an object stores its head: what goes in comes out.
import { expect, test } from "vitest";
import { octetsOf, writeOctets } from "../../../bindings/boundary/octets.ts";
import {
  answerFrom,
  headFrom,
  replyFrom,
  valueFrom,
} from "../../../bindings/boundary/remote-message.ts";

const encoder = new TextEncoder();

function bytesOf(part: string | Uint8Array | undefined): number[] {
  if (typeof part !== "string") return [...(part ?? [])];
  const bytes = new Uint8Array(part.length);
  writeOctets(bytes, 0, part);
  return [...bytes];
}

function utf8Of(value: string | Uint8Array | undefined): number[] {
  return typeof value === "string" ? [...encoder.encode(value)] : [...(value ?? [])];
}

test("every byte is one character, whatever the length", () => {
  for (const length of [0, 1, 255, 256, 4096, 4097, 10_000]) {
    const bytes = Uint8Array.from({ length }, (_, i) => i % 256);
    expect(octetsOf(bytes)).toHaveLength(length);
    expect(bytesOf(octetsOf(bytes))).toEqual([...bytes]);
  }
});

const values = ["", "a", "\ufeffmark", "€", "\u0000", "\u{1f600}", "x".repeat(16 * 1024)];

test.each([0, 1, 104, 255, 256, 1024, 1025, 5000])(
  "an answer whose head has %d bytes comes out as it went in, with any value",
  (length) => {
    const head = Uint8Array.from({ length }, (_, i) => 255 - (i % 256));
    for (const text of [...values, "x".repeat(16 * 1024 + 1), "€".repeat(10_000)]) {
      const value = encoder.encode(text);
      const answer = answerFrom(headFrom(head), valueFrom(value));
      const reply = replyFrom(answer);
      expect(bytesOf(reply.meta)).toEqual([...head]);
      expect(utf8Of(reply.value)).toEqual([...value]);
    }
  },
);

test("a small answer is one text, and a large one keeps its value as bytes", () => {
  const head = headFrom(new Uint8Array(40));
  expect(answerFrom(head, valueFrom(encoder.encode("€")))).toBeTypeOf("string");
  // As text it would take two bytes a character, and the limit of RPC is 32 MiB.
  const large = valueFrom(encoder.encode(`${"x".repeat(16 * 1024)}€`));
  expect(large).toBeInstanceOf(Uint8Array);
  expect(answerFrom(head, large)).toEqual({ head, value: large });
});
