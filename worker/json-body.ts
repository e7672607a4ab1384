// Makes a JSON answer piece by piece, so that values in bytes become JSON strings without a second
// copy of the answer.

/** A piece of JSON text: a string that is JSON already, or UTF-8 bytes that become a JSON string. */
export type JsonPiece = string | Uint8Array;

const chunkBytes = 16 * 1024;
const quote = 0x22;
const backslash = 0x5c;
const firstPrintable = 0x20;
const encoder = new TextEncoder();

/** The pieces as one body. Each chunk is made when the client takes it. */
export function jsonBody(pieces: Iterable<JsonPiece>): ReadableStream<Uint8Array> {
  const chunks = chunksOf(pieces);
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      const { done, value } = chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
}

function* chunksOf(pieces: Iterable<JsonPiece>): Generator<Uint8Array, undefined> {
  // Small pieces are sent together: an entry of a listing has four of them.
  let text = "";
  for (const piece of pieces) {
    if (typeof piece === "string") {
      text += piece;
      if (text.length < chunkBytes) continue;
      yield encoder.encode(text);
      text = "";
      continue;
    }
    yield encoder.encode(`${text}"`);
    for (let at = 0; at < piece.length; at += chunkBytes) {
      yield escaped(piece.subarray(at, at + chunkBytes));
    }
    text = '"';
  }
  if (text !== "") yield encoder.encode(text);
}

// The inside of a JSON string (RFC 8259, section 7). Only ASCII characters are escaped, so the
// bytes are not decoded.
function escaped(bytes: Uint8Array): Uint8Array {
  let extra = 0;
  for (const byte of bytes) {
    if (byte < firstPrintable) extra += 5;
    else if (byte === quote || byte === backslash) extra += 1;
  }
  if (extra === 0) return bytes;
  const out = new Uint8Array(bytes.length + extra);
  let at = 0;
  for (const byte of bytes) {
    if (byte < firstPrintable) {
      at += encoder.encodeInto(
        `\\u${byte.toString(16).padStart(4, "0")}`,
        out.subarray(at),
      ).written;
      continue;
    }
    if (byte === quote || byte === backslash) out[at++] = backslash;
    out[at++] = byte;
  }
  return out;
}
