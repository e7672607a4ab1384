// The words of a command, and its reply in the form that the core reads (grammar:
// wasm/stores/redis/redis-command.h). Both kinds of Redis client share them.
import type { HostReply } from "../../boundary/host-reply.ts";
import type { RequestView } from "../../boundary/host-request.ts";

const nil = 0xffff_ffff;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });

export type Word = string | Buffer;

// Clients send a small value faster as text, together with the rest of the command, and a large
// value as bytes.
const smallBytes = 16 * 1024;

/** The words of a command. The empty word stands for the value, which replaces it. */
export function wordsOf(request: RequestView): Word[] {
  const words: Word[] = request.key.split("\0");
  words.pop();
  const at = words.indexOf("");
  if (at >= 0) words[at] = valueIn(request);
  return words;
}

function valueIn(request: RequestView): Word {
  if (request.valueLength <= smallBytes) return request.valueText;
  const { buffer, byteOffset, byteLength } = request.value;
  return Buffer.from(buffer, byteOffset, byteLength);
}

/**
 * Performs each request. A single request, which is usual, costs only one promise beside the
 * client's own.
 */
export function performEach(
  requests: readonly RequestView[],
  perform: (request: RequestView) => Promise<HostReply>,
): Promise<HostReply[]> {
  const [first] = requests;
  if (requests.length === 1 && first !== undefined) return perform(first).then(alone, failedAlone);
  return Promise.all(requests.map((request) => perform(request).catch(failed)));
}

const alone = (reply: HostReply): HostReply[] => [reply];
const failedAlone = (thrown: unknown): HostReply[] => [{ thrown }];
const failed = (thrown: unknown): HostReply => ({ thrown });

/** The name of the node for the request; empty if the client chooses the node. */
export function nodeOf({ metaLength, metaView }: RequestView): string {
  return metaLength === 0 ? "" : decoder.decode(metaView);
}

/** The reply with the names of a cluster's masters. */
export function namesOf(nodes: readonly string[]): HostReply {
  return { present: true, value: encoder.encode(nodes.map((node) => `${node}\0`).join("")) };
}

type Text = Uint8Array | null;

/** Appends the texts of a reply in their order; returns the bytes that they take when packed. */
function gather(reply: unknown, texts: Text[]): number {
  if (reply instanceof Uint8Array) {
    texts.push(reply);
    return 4 + reply.length;
  }
  if (Array.isArray(reply) || reply instanceof Map) {
    let total = 0;
    for (const one of reply) total += gather(one, texts);
    return total;
  }
  if (reply === null || reply === undefined) {
    texts.push(null);
    return 4;
  }
  return gather(encoder.encode(String(reply)), texts);
}

function packedTexts(reply: unknown): Uint8Array {
  const texts: Text[] = [];
  const bytes = new Uint8Array(gather(reply, texts));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const text of texts) {
    view.setUint32(at, text?.length ?? nil, true);
    at += 4;
    if (text === null) continue;
    bytes.set(text, at);
    at += text.length;
  }
  return bytes;
}

const again = new Uint8Array([1]);

/** The same reply, marked if the client has sent the command more than once, or may have. */
export function markRepeated(answered: Promise<HostReply>, wasRepeated: () => boolean) {
  return answered.then(
    (reply) => (wasRepeated() ? { ...reply, extra: again } : reply),
    (error) => {
      throw wasRepeated() ? Object.assign(error, { sentAgain: true }) : error;
    },
  );
}

/** The reply of a client in the form that the core reads; nil is absent. */
export function replyOf(reply: unknown): HostReply {
  if (reply instanceof Uint8Array) return { present: true, value: reply };
  if (reply === null || reply === undefined) return {};
  if (typeof reply === "number" || typeof reply === "bigint") {
    return { present: true, number: Number(reply) };
  }
  if (typeof reply !== "string") return { present: true, value: packedTexts(reply) };
  // A client may be configured to return an integer as text: so the core gets the reply in both forms.
  const number = reply.length < 20 ? Number(reply) || 0 : 0;
  return { present: true, number, value: encoder.encode(reply) };
}
