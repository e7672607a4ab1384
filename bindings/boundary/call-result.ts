// The result of a call of the core, read from the instance's memory (twin of the result and the items in
// bindings/boundary/wire.h, tied by tests/node/boundary). Its getters return copies, except those
// whose names end in `View`.
import { codes, type KvErrorCode } from "../contract/errors.ts";
import { type OwnTexts, RequestView, requestWords } from "./host-request.ts";
import type { LinearMemory } from "./linear-memory.ts";

/** What a call led to: the operation has ended, it waits for its host, or there is no such operation. */
export const resultKind = { answered: 0, suspended: 1, ignored: 2 } as const;

// The flags of a result.
const failed = 1;
const present = 2;
const hasCursor = 4;
const followUp = 8;
const retryable = 16;
const textKept = 32;

/** Why an operation failed, in the core's words. */
export type Failure = {
  readonly code: KvErrorCode;
  readonly message: string;
  readonly hint: string;
  readonly retryable: boolean;
};

/** The result for one key of a batch. `expiresAt` is in Unix seconds, or `null` for never. */
export type BatchItem =
  | { readonly failure: Failure }
  | { readonly value: string | null; readonly expiresAt: number | null };

// A value may begin with U+FEFF, which a decoder drops as a byte order mark unless `ignoreBOM` is set.
const decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });
const encoder = new TextEncoder();
const noTexts: OwnTexts = {};

/** REQUIRES: no export was called since the call whose result is read. */
export class CallResult {
  readonly #memory: LinearMemory;
  readonly #word: number;

  /** `address` is where the core writes its results. */
  constructor(memory: LinearMemory, address: number) {
    this.#memory = memory;
    this.#word = address >> 2;
  }

  #at(word: number): number {
    return this.#memory.words[this.#word + word] as number;
  }
  #view(word: number): Uint8Array {
    const address = this.#at(word);
    return this.#memory.bytes.subarray(address, address + this.#at(word + 1));
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
  /** Whether the operation has ended and succeeded. */
  get isAnswer(): boolean {
    return this.#at(0) === resultKind.answered && !this.isFailed;
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
    const number = this.#memory.numbers[(this.#word >> 1) + 4] as number;
    return number === Number.POSITIVE_INFINITY ? null : number;
  }
  get number(): number {
    return this.#memory.numbers[(this.#word >> 1) + 5] as number;
  }
  get value(): string {
    return this.#isTextKept ? this.#memory.keptText : this.#text(12);
  }
  get valueBytes(): Uint8Array<ArrayBuffer> {
    if (!this.#isTextKept) return this.#bytes(12);
    return encoder.encode(this.#memory.keptText) as Uint8Array<ArrayBuffer>;
  }
  get #isTextKept(): boolean {
    return (this.#at(3) & textKept) !== 0;
  }
  get version(): string {
    return this.#text(14);
  }
  /** NUL ends each key: no key contains it. */
  get keys(): string[] {
    if (this.#at(5) === 0) return [];
    const keys = this.#text(16).split("\0");
    keys.pop();
    return keys;
  }
  get cursor(): string | null {
    return (this.#at(3) & hasCursor) === 0 ? null : this.#text(18);
  }
  /** Where the value lies. REQUIRES, as `headView`: the caller does not keep it. */
  get valueView(): Uint8Array {
    return this.#view(12);
  }
  /** Where the answer's bytes for RPC lie. REQUIRES: the last call was `kv_pack`. */
  get headView(): Uint8Array {
    return this.#view(26);
  }

  /** The results of a batch, in its order. */
  items(): BatchItem[] {
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

  /** What a suspended operation asks of its host. `own` are the texts that its caller passed. */
  requests(own: OwnTexts = noTexts): RequestView[] {
    const { words, numbers } = this.#memory;
    const count = this.#at(7);
    const first = this.#at(28) >> 2;
    const requests = new Array<RequestView>(count);
    for (let i = 0; i < count; i++) {
      requests[i] = new RequestView(this.#memory, words, numbers, first + i * requestWords, own);
    }
    return requests;
  }
}
