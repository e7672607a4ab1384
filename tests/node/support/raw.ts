// The exports called by hand, without a drive loop: for tests that resume what nobody should resume.

import { resultKind } from "../../../bindings/boundary/call-result.ts";
import { type HostReply, writeReplies } from "../../../bindings/boundary/host-reply.ts";
import type { Instance } from "../../../bindings/boundary/instance.ts";
import { op } from "../../../bindings/boundary/op.ts";
import { writeRequest } from "../../../bindings/boundary/request.ts";

export type Suspended = { readonly slot: number; readonly sequence: number };

const noBytes = new Uint8Array(0);

/** Starts a `get` and gives the name of the operation, which waits for its host. */
export function startGet(
  instance: Instance,
  store: number,
  key: string,
  nowMs = Date.now(),
  deadlineMs = nowMs + 10_000,
): Suspended {
  const head = { op: op.get, store, nowMs, deadlineMs };
  const { address, bytes } = writeRequest(instance, head, noBytes, { key });
  const { slot, sequence, kind: led } = instance.start(address, bytes);
  if (led !== resultKind.suspended) throw new Error("the operation did not suspend");
  return { slot, sequence };
}

/** Resumes with replies as a drive loop writes them, and returns the kind of the result. */
export function resume(
  instance: Instance,
  { slot, sequence }: Suspended,
  replies: readonly HostReply[],
): number {
  const { address, bytes } = writeReplies(instance, replies);
  instance.exports.kv_resume(slot, sequence, address, bytes, Date.now());
  return instance.lastResult.kind;
}

/** Says that all is done and has nothing to tell, and returns the kind of the result. */
export function done(instance: Instance, { slot, sequence }: Suspended): number {
  instance.resumeDone(slot, sequence);
  return instance.lastResult.kind;
}

/** Resumes with any bytes. */
export function resumeWithBytes(
  instance: Instance,
  { slot, sequence }: Suspended,
  bytes: Uint8Array,
): number {
  instance.bytes.set(bytes, instance.scratch);
  instance.exports.kv_resume(slot, sequence, instance.scratch, bytes.length, Date.now());
  return instance.lastResult.kind;
}

/** Gives up with TIMEOUT, and returns the kind of the result. */
export function giveUp(instance: Instance, { slot, sequence }: Suspended): number {
  instance.exports.kv_give_up(slot, sequence, 10, instance.scratch, 0, instance.scratch, 0);
  return instance.lastResult.kind;
}

export function found(text: string): HostReply {
  return { present: true, value: new TextEncoder().encode(text) };
}
