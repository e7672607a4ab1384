// What a call of the core led to, read from the instance's memory (twin of `outcome`, `request` and
// `items` in bindings/boundary/wire.h, tied by tests/node/boundary). What is read is copied, but for
// the parts of a `RequestView`.

import { codes, type KvErrorCode } from "../contract/errors.ts";
import type { Instance } from "./instance.ts";
import { type Cell, parametersAt } from "./sql-cells.ts";

export const kind = { answered: 0, suspended: 1, ignored: 2 } as const;
const failed = 1;
const present = 2;
const hasCursor = 4;
const followUp = 8;
const retryable = 16;
const textKept = 32;
const ownValue = 1;
const mayKeepText = 2;
const ownKey = 4;
const constantKey = 8;

/** Texts of an operation's own request: a host that is asked for them need not decode them. */
export type OwnTexts = { readonly ownKey?: string; readonly ownText?: string | undefined };

/** One request to a host; what the fields mean for each verb stands in wasm/core/host.h. */
export type HostRequest = {
  readonly verb: number;
  readonly number: number;
  readonly key: string;
  readonly value: Uint8Array<ArrayBuffer>;
  readonly meta: Uint8Array<ArrayBuffer>;
};

/**
 * A request whose parts are read where they lie, in the instance's memory, by a host that takes what
 * it needs before it waits for anything: an `ArrayBuffer` less for each part.
 */
export class RequestView implements HostRequest {
  readonly verb: number;
  readonly number: number;
  readonly valueLength: number;
  readonly metaLength: number;
  readonly mayKeepText: boolean;
  readonly #instance: Instance;
  readonly #key: number;
  readonly #keyLength: number;
  readonly #value: number;
  readonly #meta: number;
  readonly #flags: number;
  readonly #own: OwnTexts;

  constructor(
    instance: Instance,
    words: Uint32Array,
    numbers: Float64Array,
    word: number,
    own: OwnTexts,
  ) {
    this.#instance = instance;
    this.#own = own;
    this.verb = words[word] as number;
    this.#flags = words[word + 1] as number;
    this.mayKeepText = (this.#flags & mayKeepText) !== 0;
    this.number = numbers[(word + 2) >> 1] as number;
    this.#key = words[word + 4] as number;
    this.#keyLength = words[word + 5] as number;
    this.#value = words[word + 6] as number;
    this.valueLength = words[word + 7] as number;
    this.#meta = words[word + 8] as number;
    this.metaLength = words[word + 9] as number;
  }

  get key(): string {
    if ((this.#flags & constantKey) !== 0) {
      return this.#instance.constant(this.#key, this.#keyLength);
    }
    const own = (this.#flags & ownKey) === 0 ? undefined : this.#own.ownKey;
    return own ?? decoder.decode(this.#view(this.#key, this.#keyLength));
  }
  get value(): Uint8Array<ArrayBuffer> {
    return this.#copy(this.#value, this.valueLength);
  }
  get meta(): Uint8Array<ArrayBuffer> {
    return this.#copy(this.#meta, this.metaLength);
  }
  /** REQUIRES, as for `metaView`: not kept, and nothing was awaited. */
  get valueView(): Uint8Array {
    return this.#view(this.#value, this.valueLength);
  }
  /** The value, which REQUIRES that it is UTF-8. */
  get valueText(): string {
    const own = (this.#flags & ownValue) === 0 ? undefined : this.#own.ownText;
    return own ?? decoder.decode(this.valueView);
  }
  get metaView(): Uint8Array {
    return this.#view(this.#meta, this.metaLength);
  }

  /** The parameters of a statement, as `metaView` is. */
  get parameters(): Cell[] {
    const { bytes, view } = this.#instance;
    return parametersAt(bytes, view, this.#meta, this.metaLength, this, this.#own.ownKey);
  }

  /** The same request with bytes of its own. */
  copy(): HostRequest {
    const { verb, number, key, value, meta } = this;
    return { verb, number, key, value, meta };
  }

  #view(address: number, length: number): Uint8Array {
    return this.#instance.bytes.subarray(address, address + length);
  }
  #copy(address: number, length: number): Uint8Array<ArrayBuffer> {
    if (length === 0) return noBytes;
    return this.#instance.bytes.slice(address, address + length) as Uint8Array<ArrayBuffer>;
  }
}

/** Why an operation failed, as the core tells it. */
export type Failure = {
  readonly code: KvErrorCode;
  readonly message: string;
  readonly hint: string;
  readonly retryable: boolean;
};

// A value may begin with U+FEFF, which a decoder takes for a byte order mark unless told not to.
const decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });
const encoder = new TextEncoder();
const noBytes = new Uint8Array(0);
const noTexts: OwnTexts = {};

/** Reads one outcome. REQUIRES: no export was called since. */
export class Outcome {
  readonly #instance: Instance;
  readonly #word: number;

  constructor(instance: Instance) {
    this.#instance = instance;
    this.#word = instance.outcome >> 2;
  }

  #at(word: number): number {
    return this.#instance.words[this.#word + word] as number;
  }
  #view(word: number): Uint8Array {
    const address = this.#at(word);
    return this.#instance.bytes.subarray(address, address + this.#at(word + 1));
  }
  #text(word: number): string {
    return decoder.decode(this.#view(word));
  }
  #bytes(word: number): Uint8Array<ArrayBuffer> {
    return this.#view(word).slice() as Uint8Array<ArrayBuffer>;
  }

  get kind(): number {
    return this.#at(0);
  }
  get slot(): number {
    return this.#at(1);
  }
  get sequence(): number {
    return this.#at(2);
  }
  /** Whether the operation has ended, and well. */
  get isAnswer(): boolean {
    return this.#at(0) === kind.answered && !this.isFailed;
  }
  get isFailed(): boolean {
    return (this.#at(3) & failed) !== 0;
  }
  get isPresent(): boolean {
    return (this.#at(3) & present) !== 0;
  }
  get wantsFollowUp(): boolean {
    return (this.#at(3) & followUp) !== 0;
  }
  get failure(): Failure {
    return {
      code: codes[this.#at(4) - 1] ?? "UNAVAILABLE",
      message: this.#text(22),
      hint: this.#text(24),
      retryable: (this.#at(3) & retryable) !== 0,
    };
  }
  /** Unix seconds, or `null` for never. */
  get expiresAt(): number | null {
    const number = this.#instance.numbers[(this.#word >> 1) + 4] as number;
    return number === Number.POSITIVE_INFINITY ? null : number;
  }
  get number(): number {
    return this.#instance.numbers[(this.#word >> 1) + 5] as number;
  }
  get value(): string {
    return this.#isTextKept ? this.#instance.keptText : this.#text(12);
  }
  get valueBytes(): Uint8Array<ArrayBuffer> {
    if (!this.#isTextKept) return this.#bytes(12);
    return encoder.encode(this.#instance.keptText) as Uint8Array<ArrayBuffer>;
  }
  get #isTextKept(): boolean {
    return (this.#at(3) & textKept) !== 0;
  }
  get version(): string {
    return this.#text(14);
  }
  /** Each key is followed by NUL, which no key holds. */
  get keys(): string[] {
    if (this.#at(5) === 0) return [];
    const keys = this.#text(16).split("\0");
    keys.pop();
    return keys;
  }
  get cursor(): string | null {
    return (this.#at(3) & hasCursor) === 0 ? null : this.#text(18);
  }
  /** Where the value lies. REQUIRES, as for `headView`: not kept. */
  get valueView(): Uint8Array {
    return this.#view(12);
  }
  /** Where the answer's bytes for RPC lie; needs a call of `kv_pack` before. */
  get headView(): Uint8Array {
    return this.#view(26);
  }

  /** The outcomes of a batch, in its order. */
  items(): ({ failure: Failure } | { value: string | null; expiresAt: number | null })[] {
    const bytes = this.#bytes(20);
    const view = new DataView(bytes.buffer);
    let at = 0;
    const text = () => {
      const length = view.getUint32(at, true);
      at += 4 + length;
      return decoder.decode(bytes.subarray(at - length, at));
    };
    return Array.from({ length: this.#at(6) }, () => {
      if (bytes[at++] === 1) {
        const code = codes[(bytes[at++] as number) - 1] ?? "UNAVAILABLE";
        const isRetryable = bytes[at++] === 1;
        const message = text();
        return { failure: { code, message, hint: text(), retryable: isRetryable } };
      }
      const isPresent = bytes[at++] === 1;
      const expiresAt = view.getFloat64(at, true);
      at += 8;
      const value = text();
      return {
        value: isPresent ? value : null,
        expiresAt: expiresAt === Number.POSITIVE_INFINITY ? null : expiresAt,
      };
    });
  }

  requests(own: OwnTexts = noTexts): RequestView[] {
    const { words, numbers } = this.#instance;
    const count = this.#at(7);
    const first = this.#at(28) >> 2;
    const requests = new Array<RequestView>(count);
    for (let i = 0; i < count; i++) {
      requests[i] = new RequestView(this.#instance, words, numbers, first + i * 10, own);
    }
    return requests;
  }
}
