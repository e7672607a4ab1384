// What the core asks of a host, read from the instance's memory (twin of `request` in
// bindings/boundary/wire.h, tied by tests/node/boundary).
import type { LinearMemory } from "./linear-memory.ts";
import { type Cell, parametersAt } from "./sql-cells.ts";

/** The verbs of requests (twin of `Verb` in wasm/core/host.h, which says what each one uses). */
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

// The flags of a request.
const ownValue = 1;
const mayKeepText = 2;
const ownKey = 4;
const constantKey = 8;

/** The 32-bit words that one request takes. */
export const requestWords = 10;

/** Texts that the caller of the operation passed: a request that holds one of them need not decode it. */
export type OwnTexts = { readonly ownKey?: string; readonly ownText?: string | undefined };

/** One request to a host; wasm/core/host.h says what the fields mean for each verb. */
export type HostRequest = {
  readonly verb: number;
  readonly number: number;
  readonly key: string;
  readonly value: Uint8Array<ArrayBuffer>;
  readonly meta: Uint8Array<ArrayBuffer>;
};

// A value may begin with U+FEFF, which a decoder drops as a byte order mark unless `ignoreBOM` is set.
const decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });
const noBytes = new Uint8Array(0);

/**
 * A request whose parts are read where they lie in the instance's memory. It is for a host that takes
 * everything that it needs before it awaits anything, and it saves one `ArrayBuffer` for each part.
 */
export class RequestView implements HostRequest {
  readonly verb: number;
  readonly number: number;
  readonly valueLength: number;
  readonly metaLength: number;
  /** Whether the host may keep the text of its reply and leave its bytes out (`keptText`). */
  readonly mayKeepText: boolean;
  readonly #memory: LinearMemory;
  readonly #key: number;
  readonly #keyLength: number;
  readonly #value: number;
  readonly #meta: number;
  readonly #flags: number;
  readonly #own: OwnTexts;

  /** `word` is the index of the request's first word. */
  constructor(
    memory: LinearMemory,
    words: Uint32Array,
    numbers: Float64Array,
    word: number,
    own: OwnTexts,
  ) {
    this.#memory = memory;
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
      return this.#memory.constant(this.#key, this.#keyLength);
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
  /** REQUIRES: nothing was awaited, and the caller does not keep it. */
  get valueView(): Uint8Array {
    return this.#view(this.#value, this.valueLength);
  }
  /** REQUIRES: the value is UTF-8. */
  get valueText(): string {
    const own = (this.#flags & ownValue) === 0 ? undefined : this.#own.ownText;
    return own ?? decoder.decode(this.valueView);
  }
  /** REQUIRES, as `valueView`: nothing was awaited, and the caller does not keep it. */
  get metaView(): Uint8Array {
    return this.#view(this.#meta, this.metaLength);
  }

  /** The parameters of an SQL statement. REQUIRES what `valueView` does. */
  get parameters(): Cell[] {
    const { bytes, view } = this.#memory;
    return parametersAt(bytes, view, this.#meta, this.metaLength, this, this.#own.ownKey);
  }

  /** The same request with bytes of its own. */
  copy(): HostRequest {
    const { verb, number, key, value, meta } = this;
    return { verb, number, key, value, meta };
  }

  #view(address: number, length: number): Uint8Array {
    return this.#memory.bytes.subarray(address, address + length);
  }
  #copy(address: number, length: number): Uint8Array<ArrayBuffer> {
    if (length === 0) return noBytes;
    return this.#memory.bytes.slice(address, address + length) as Uint8Array<ArrayBuffer>;
  }
}
