// How the core's messages cross RPC between a Worker and an object: small ones as text, because an
// ArrayBuffer on each side costs more than all else about a small message, large ones as bytes, because
// text that is not Latin-1 takes two bytes a character there. An object stores its head the same way.
import { octetsOf } from "./octets.ts";
import type { HostReply, RequestView } from "./wire.ts";

/** The core's own bytes: text of octets, or bytes. */
export type RemoteHead = string | Uint8Array;
/** A value: text, or its UTF-8. */
export type RemoteValue = string | Uint8Array | null;

/**
 * What an object answers: the answer's bytes and its value; or in one text the length of the head (as
 * a character), the head, and the value, which is there if anything follows the head.
 */
export type RemoteAnswer = string | { readonly head: RemoteHead; readonly value: RemoteValue };

const mostTextHeadBytes = 1024;
/** Up to this size a value crosses as text. */
const mostTextValueBytes = 16 * 1024;

const decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });

export function headFrom(bytes: Uint8Array): RemoteHead {
  return bytes.length <= mostTextHeadBytes ? octetsOf(bytes) : bytes.slice();
}

export function valueFrom(bytes: Uint8Array): string | Uint8Array {
  return bytes.length <= mostTextValueBytes ? decoder.decode(bytes) : bytes.slice();
}

/** The value of a request, as it crosses. */
export function requestValueFrom(request: RequestView): RemoteValue {
  if (request.valueLength === 0) return null;
  return request.valueLength <= mostTextValueBytes ? request.valueText : request.value;
}

export function answerFrom(head: RemoteHead, value: RemoteValue): RemoteAnswer {
  if (typeof head !== "string" || value instanceof Uint8Array) return { head, value };
  return joined(head, value ?? "");
}

export function replyFrom(answer: RemoteAnswer): HostReply {
  if (typeof answer === "string") return split(answer);
  return { present: true, meta: answer.head, value: answer.value ?? undefined };
}

/** A cell with meta is small and one text, a cell without is the bytes of its value. */
export function cellFrom(request: RequestView): string | Uint8Array {
  if (request.metaLength === 0) return request.value;
  return joined(octetsOf(request.metaView), request.valueText);
}

export function replyFromCell(cell: string | Uint8Array | undefined): HostReply {
  if (cell === undefined) return {};
  return typeof cell === "string" ? split(cell) : { present: true, value: cell };
}

function joined(head: string, value: string): string {
  return `${String.fromCharCode(head.length)}${head}${value}`;
}

function split(text: string): HostReply {
  const end = 1 + text.charCodeAt(0);
  return { present: true, meta: text.slice(1, end), value: text.slice(end) };
}
