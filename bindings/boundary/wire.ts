// What a host is asked for, and its replies in the instance's memory (twin of the grammar in
// bindings/boundary/wire.h, tied by tests/node/boundary).
import type { Instance } from "./instance.ts";
import { writeOctets } from "./octets.ts";
import { reserve, type Written } from "./request.ts";
import { type Cell, packCells, packedBytes } from "./sql-cells.ts";

export {
  type Failure,
  type HostRequest,
  kind,
  Outcome,
  type OwnTexts,
  RequestView,
} from "./outcome.ts";

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
  command: 12,
  nodes: 13,
  unlock: 20,
  rename: 21,
  statMany: 22,
  walk: 23,
  open: 24,
  holders: 25,
} as const;

/**
 * A host's reply to one request; `thrown` is what it threw, if it failed. Text as `value` is written
 * as UTF-8, text as `meta` byte by byte (each of its characters is one). `cells` are rows of SQL,
 * written as the value.
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

type ThrownByPlatform = {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly retryable?: unknown;
  readonly overloaded?: unknown;
  readonly remote?: unknown;
  /** Set by a host whose client repeats commands. */
  readonly sentAgain?: unknown;
};

/** A class of errors that gives its objects no name of their own has one itself. */
function nameOf(error: ThrownByPlatform): string {
  const name = String(error.name ?? "Error");
  return name === "Error" && error instanceof Error ? error.constructor.name : name;
}

/** Node's AggregateError of several addresses tried has no message, but a code, as each of them has. */
function codeOf(thrown: unknown): string {
  const { code, errors } = thrown as { code?: unknown; errors?: readonly { message?: unknown }[] };
  return [code, ...(errors ?? []).map((one) => one.message)].filter(Boolean).join(" ");
}

/** What was thrown, as "Name: message" and the platform's own flags. What it means is the core's. */
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
    return { text: text.slice(0, 1000), flags };
  } catch {
    // Anything can be thrown, also what has no text: the caller gets it as the cause.
    return { text: "Error: what was thrown cannot be read", flags: 0 };
  }
}

const replyHeaderBytes = 24;

/** Writes a host's replies into the instance's memory; text of the only one may be kept out of it. */
export function writeReplies(
  instance: Instance,
  replies: readonly HostReply[],
  mayKeepText = false,
): Written {
  let most = 0;
  for (let i = 0; i < replies.length; i++) most += mostBytes(replies[i] as HostReply);
  const writing = new ReplyWriter(instance, most, mayKeepText);
  for (let i = 0; i < replies.length; i++) writing.reply(replies[i] as HostReply);
  return writing.written;
}

// What is thrown is told in at most 1,000 UTF-16 units.
const mostThrownBytes = 3 * 1000;

function mostBytes(reply: HostReply): number {
  if ("thrown" in reply) return replyHeaderBytes + mostThrownBytes;
  const { value, meta, extra, cells } = reply;
  return (
    replyHeaderBytes +
    // UTF-8 takes at most three bytes for each UTF-16 unit.
    (typeof value === "string" ? 3 * value.length : (value?.length ?? 0)) +
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

  get written(): Written {
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
