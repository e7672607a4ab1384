// The replies of a host, written into the instance's memory (twin of `replies` in
// bindings/boundary/wire.h, tied by tests/node/boundary).
import type { Instance } from "./instance.ts";
import { writeOctets } from "./octets.ts";
import { type MemoryRange, reserve } from "./reserve.ts";
import { type Cell, packCells, packedBytes } from "./sql-cells.ts";

/**
 * The reply to one request. `thrown` is what the host threw, if the request failed. Text in `value` is
 * written as UTF-8; text in `meta` has one byte in each character. `cells` are the rows of an SQL
 * statement: they are written as the value.
 */
export type HostReply = {
  readonly thrown?: unknown;
  readonly present?: boolean;
  readonly number?: number;
  readonly value?: Uint8Array | string | undefined;
  readonly meta?: Uint8Array | string | undefined;
  readonly extra?: Uint8Array | undefined;
  readonly cells?: readonly Cell[] | undefined;
};

const encoder = new TextEncoder();
// The text of what was thrown is cut to this many UTF-16 units.
const maxThrownLength = 1000;
// UTF-8 takes at most this many bytes for each UTF-16 unit.
const maxBytesOfUtf8 = 3;

type ThrownByPlatform = {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly retryable?: unknown;
  readonly overloaded?: unknown;
  readonly remote?: unknown;
  /** Set by a host if its client may have sent the command more than once. */
  readonly sentAgain?: unknown;
};

/** Many classes of errors leave `name` as "Error": then the name of the class says more. */
function nameOf(error: ThrownByPlatform): string {
  const name = String(error.name ?? "Error");
  return name === "Error" && error instanceof Error ? error.constructor.name : name;
}

/** When Node has tried several addresses, its AggregateError has no message, but a code and errors. */
function codeOf(thrown: unknown): string {
  const { code, errors } = thrown as { code?: unknown; errors?: readonly { message?: unknown }[] };
  return [code, ...(errors ?? []).map((one) => one.message)].filter(Boolean).join(" ");
}

/** What was thrown, as "Name: message" and the platform's own flags. The core decides what it means. */
function describe(thrown: unknown): { text: string; flags: number } {
  try {
    const error: ThrownByPlatform = typeof thrown === "object" && thrown !== null ? thrown : {};
    const message = "message" in error ? error.message : thrown;
    const flags =
      (error.retryable === true ? 1 : 0) |
      (error.overloaded === true ? 2 : 0) |
      (error.remote === true ? 4 : 0) |
      (error.sentAgain === true ? 8 : 0);
    const text = `${nameOf(error)}: ${String(message || codeOf(thrown))}`;
    return { text: text.slice(0, maxThrownLength), flags };
  } catch {
    // Anything can be thrown, even an object that cannot be converted to text. The caller gets it as
    // the cause.
    return { text: "Error: what was thrown cannot be read", flags: 0 };
  }
}

const replyHeaderBytes = 24;

/**
 * Writes the replies; throws `RoomRefused` if the core has no room for them. With `mayKeepText` the
 * text of the only reply stays out of the memory, as the instance's `keptText`.
 */
export function writeReplies(
  instance: Instance,
  replies: readonly HostReply[],
  mayKeepText = false,
): MemoryRange {
  let most = 0;
  for (let i = 0; i < replies.length; i++) most += maxBytesOf(replies[i] as HostReply);
  const writer = new ReplyWriter(instance, most, mayKeepText);
  for (let i = 0; i < replies.length; i++) writer.reply(replies[i] as HostReply);
  return writer.range;
}

function maxBytesOf(reply: HostReply): number {
  if ("thrown" in reply) return replyHeaderBytes + maxBytesOfUtf8 * maxThrownLength;
  const { value, meta, extra, cells } = reply;
  return (
    replyHeaderBytes +
    (typeof value === "string" ? maxBytesOfUtf8 * value.length : (value?.length ?? 0)) +
    (cells === undefined ? 0 : packedBytes(cells)) +
    (meta?.length ?? 0) +
    (extra?.length ?? 0)
  );
}

function isText(cell: Cell): cell is string {
  return typeof cell === "string";
}

class ReplyWriter {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #address: number;
  readonly #instance: Instance;
  readonly #mayKeepText: boolean;
  #at: number;

  constructor(instance: Instance, most: number, mayKeepText: boolean) {
    this.#instance = instance;
    this.#mayKeepText = mayKeepText;
    this.#address = reserve(instance, most);
    this.#bytes = instance.bytes;
    this.#view = instance.view;
    this.#at = this.#address;
  }

  get range(): MemoryRange {
    return { address: this.#address, bytes: this.#at - this.#address };
  }

  reply(reply: HostReply): void {
    const at = this.#at;
    this.#at += replyHeaderBytes;
    let bits = reply.present === true ? 2 : 0;
    let { value, meta } = reply;
    if ("thrown" in reply) {
      const { text, flags } = describe(reply.thrown);
      bits = 1 | (flags << 3);
      value = text;
      meta = undefined;
    } else if (this.#mayKeepText) {
      const kept = typeof value === "string" ? value : reply.cells?.find(isText);
      if (kept !== undefined) {
        this.#instance.keptText = kept;
        bits |= 4;
        value = undefined;
      }
    }
    const view = this.#view;
    view.setUint32(at, bits, true);
    view.setFloat64(at + 4, reply.number ?? 0, true);
    const valueBytes =
      reply.cells === undefined ? this.#part(value) : this.#cells(reply.cells, (bits & 4) !== 0);
    view.setUint32(at + 12, valueBytes, true);
    view.setUint32(at + 16, typeof meta === "string" ? this.#octets(meta) : this.#part(meta), true);
    view.setUint32(at + 20, this.#part(reply.extra), true);
  }

  #part(part: Uint8Array | string | undefined): number {
    if (part === undefined || part.length === 0) return 0;
    if (typeof part === "string") {
      const { written } = encoder.encodeInto(part, this.#bytes.subarray(this.#at));
      this.#at += written;
      return written;
    }
    this.#bytes.set(part, this.#at);
    this.#at += part.length;
    return part.length;
  }

  #octets(text: string): number {
    writeOctets(this.#bytes, this.#at, text);
    this.#at += text.length;
    return text.length;
  }

  #cells(cells: readonly Cell[], isTextKept: boolean): number {
    const end = packCells(this.#bytes, this.#view, this.#at, cells, isTextKept);
    const written = end - this.#at;
    this.#at = end;
    return written;
  }
}
