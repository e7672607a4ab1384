// What a host is asked for, and its replies in the instance's memory (twin of the grammar in
// bindings/wire.h, tied by tests/node/boundary).
import type { Instance } from "./core.ts";
import { reserve, type Written } from "./message.ts";

export { type Failure, type HostRequest, kind, Outcome } from "./outcome.ts";

/** What the core asks a host for (twin of `Verb` in wasm/core/host.h). */
export const verb = {
  sleep: 1,
  read: 2,
  readMany: 3,
  write: 4,
  remove: 5,
  scan: 6,
  call: 7,
  sql: 8,
  setAlarm: 9,
  empty: 10,
  lock: 11,
} as const;

/** A host's reply to one request; `thrown` is what it threw, if it failed. */
export type HostReply = {
  readonly thrown?: unknown;
  readonly present?: boolean;
  readonly number?: number;
  readonly value?: Uint8Array | undefined;
  readonly meta?: Uint8Array | undefined;
  readonly extra?: Uint8Array | undefined;
};

const encoder = new TextEncoder();
const noBytes = new Uint8Array(0);

type ThrownByPlatform = {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly retryable?: unknown;
  readonly overloaded?: unknown;
  readonly remote?: unknown;
};

/** What was thrown, as "Name: message" and the platform's own flags. What it means is the core's. */
function describe(thrown: unknown): { text: Uint8Array; flags: number } {
  try {
    const error: ThrownByPlatform = typeof thrown === "object" && thrown !== null ? thrown : {};
    const message = "message" in error ? error.message : thrown;
    const flags =
      (error.retryable === true ? 1 : 0) |
      (error.overloaded === true ? 2 : 0) |
      (error.remote === true ? 4 : 0);
    const text = `${String(error.name ?? "Error")}: ${String(message)}`;
    return { text: encoder.encode(text.slice(0, 1000)), flags };
  } catch {
    // Anything can be thrown, also what has no text: the caller gets it as the cause.
    return { text: encoder.encode("Error: what was thrown cannot be read"), flags: 0 };
  }
}

/** Writes a host's replies into the instance's memory. */
export function writeReplies(instance: Instance, replies: readonly HostReply[]): Written {
  const replyHeaderBytes = 24;
  const parts = replies.map((reply) => {
    if ("thrown" in reply) {
      const { text, flags } = describe(reply.thrown);
      return { bits: 1 | (flags << 3), number: 0, value: text, meta: noBytes, extra: noBytes };
    }
    const { number = 0, value = noBytes, meta = noBytes, extra = noBytes } = reply;
    return { bits: reply.present === true ? 2 : 0, number, value, meta, extra };
  });
  let total = 0;
  for (const { value, meta, extra } of parts) {
    total += replyHeaderBytes + value.length + meta.length + extra.length;
  }
  const address = reserve(instance, total);
  const { bytes } = instance;
  const view = new DataView(bytes.buffer);
  let at = address;
  for (const { bits, number, value, meta, extra } of parts) {
    view.setUint32(at, bits, true);
    view.setFloat64(at + 4, number, true);
    view.setUint32(at + 12, value.length, true);
    view.setUint32(at + 16, meta.length, true);
    view.setUint32(at + 20, extra.length, true);
    at += replyHeaderBytes;
    for (const part of [value, meta, extra]) {
      bytes.set(part, at);
      at += part.length;
    }
  }
  return { address, bytes: total };
}
