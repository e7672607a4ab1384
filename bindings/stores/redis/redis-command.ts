// What both kinds of Redis client share: the words of a command, and a reply as the core reads it
// (grammar: wasm/stores/redis/redis-command.h).
import type { HostReply } from "../../boundary/host-reply.ts";
import type { RequestView } from "../../boundary/host-request.ts";

const nil = 0xffff_ffff;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });

export type Word = string | Buffer;

// Clients send a small value faster as text, with the rest of the command, and a large one as it is.
const smallBytes = 16 * 1024;

/** The words of a command, the value among them. */
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

/** Performs each request; one alone, as nearly all are, with no promise more than the client's own. */
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

/** The name of the node that the request is for; empty if the client is to choose. */
export function nodeOf({ metaLength, metaView }: RequestView): string {
  return metaLength === 0 ? "" : decoder.decode(metaView);
}

export function namesOf(nodes: readonly string[]): HostReply {
  return { present: true, value: encoder.encode(nodes.map((node) => `${node}\0`).join("")) };
}

type Text = Uint8Array | null;

/** Appends the texts of a reply, in order; gives how many bytes they take packedTexts. */
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

/** That reply, told of a command that the client has, or may have, sent more than once. */
export function markRepeated(answered: Promise<HostReply>, wasRepeated: () => boolean) {
  return answered.then(
    (reply) => (wasRepeated() ? { ...reply, extra: again } : reply),
    (error) => {
      throw wasRepeated() ? Object.assign(error, { sentAgain: true }) : error;
    },
  );
}

export function replyOf(reply: unknown): HostReply {
  if (reply instanceof Uint8Array) return { present: true, value: reply };
  if (reply === null || reply === undefined) return {};
  if (typeof reply === "number" || typeof reply === "bigint") {
    return { present: true, number: Number(reply) };
  }
  if (typeof reply !== "string") return { present: true, value: packedTexts(reply) };
  // A client that is told to gives an integer as its digits: the core has the reply as both.
  const number = reply.length < 20 ? Number(reply) || 0 : 0;
  return { present: true, number, value: encoder.encode(reply) };
}
