// The form in which the core's messages cross RPC between a Worker and a Durable Object. A small message
// crosses as text: an ArrayBuffer on each side would cost more than everything else about it. A large
// message crosses as bytes: text that is not Latin-1 takes two bytes a character there. An object stores
// its cells in the same form.
import type { HostReply } from "./host-reply.ts";
import type { RequestView } from "./host-request.ts";
import { octetsOf } from "./octets.ts";

/** The core's own bytes: as bytes, or as text in which each character is one byte (octets.ts). */
export type RemoteHead = string | Uint8Array;
/** A value as text or as UTF-8; `null` if there is none. */
export type RemoteValue = string | Uint8Array | null;

/**
 * The answer of an object: its head and its value. If both are text, they are one text: a character
 * whose code is the length of the head, the head, and the value.
 */
export type RemoteAnswer = string | { readonly head: RemoteHead; readonly value: RemoteValue };

// Up to these sizes a head and a value cross as text.
const maxTextHeadBytes = 1024;
const maxTextValueBytes = 16 * 1024;

const decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });

export function headFrom(bytes: Uint8Array): RemoteHead {
  return bytes.length <= maxTextHeadBytes ? octetsOf(bytes) : bytes.slice();
}

export function valueFrom(bytes: Uint8Array): string | Uint8Array {
  return bytes.length <= maxTextValueBytes ? decoder.decode(bytes) : bytes.slice();
}

/** The value of a request in the form in which it crosses. */
export function requestValueFrom(request: RequestView): RemoteValue {
  if (request.valueLength === 0) return null;
  return request.valueLength <= maxTextValueBytes ? request.valueText : request.value;
}

export function answerFrom(head: RemoteHead, value: RemoteValue): RemoteAnswer {
  if (typeof head !== "string" || value instanceof Uint8Array) return { head, value };
  return joined(head, value ?? "");
}

export function replyFrom(answer: RemoteAnswer): HostReply {
  if (typeof answer === "string") return split(answer);
  return { present: true, meta: answer.head, value: answer.value ?? undefined };
}

/** A request with meta is small: its cell is one text. Any other cell is the bytes of its value. */
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
