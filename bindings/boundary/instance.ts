// One instance of the core and its replacement. It knows addresses and views, and nothing of what
// the bytes mean. (Twin of the exports: bindings/boundary/abi.cc.)
import { coreModule } from "#core-module";
import { Outcome } from "./outcome.ts";

/** The exports of the module (bindings/boundary/abi.cc says what each does). */
export type CoreExports = {
  readonly memory: WebAssembly.Memory;
  _initialize(): void;
  kv_start_engine(limitBytes: number): void;
  kv_scratch(): number;
  kv_outcome(): number;
  kv_reserve(bytes: number, valueBytes: number): number;
  kv_open(address: number, bytes: number): number;
  kv_close(handle: number): void;
  kv_start(address: number, bytes: number): void;
  kv_resume(slot: number, sequence: number, address: number, bytes: number, nowMs: number): void;
  kv_resume_done(slot: number, sequence: number): void;
  kv_give_up(
    slot: number,
    sequence: number,
    code: number,
    reason: number,
    reasonBytes: number,
    hint: number,
    hintBytes: number,
  ): void;
  kv_pack(): void;
  kv_version(address: number, bytes: number): void;
  kv_frames(): number;
  kv_operations(): number;
  kv_bytes_in_flight(): number;
};

/** The bytes that `kv_scratch` points to. */
export const scratchBytes = 64 * 1024;
/** The bytes of a request before its text (wasm/core/message.h). */
export const headerBytes = 72;

const decoder = new TextDecoder();

/** An instance whose exports threw: what it holds cannot be trusted any more. */
export class InstanceLost extends Error {
  override readonly name = "InstanceLost";
}

export class Instance {
  readonly exports: CoreExports;
  readonly scratch: number;
  /** The address of the outcome, and what reads it. */
  readonly outcome: number;
  readonly lastOutcome: Outcome;
  isLost = false;
  /** What a host had as text and the core did not need as bytes; valid until the next reply. */
  keptText = "";
  #bytes: Uint8Array;
  #words: Uint32Array;
  #numbers: Float64Array;
  #view: DataView;
  #textRoom: Uint8Array;
  readonly #constants = new Map<number, string>();

  constructor(limitBytes: number, module = coreModule) {
    const { exports } = new WebAssembly.Instance(module, {
      // Views are looked up anew after every call, so growing needs no notice.
      env: { emscripten_notify_memory_growth() {} },
    });
    this.exports = exports as unknown as CoreExports;
    this.exports._initialize();
    this.exports.kv_start_engine(limitBytes);
    this.scratch = this.exports.kv_scratch();
    this.outcome = this.exports.kv_outcome();
    const { buffer } = this.exports.memory;
    this.#bytes = new Uint8Array(buffer);
    this.#words = new Uint32Array(buffer);
    this.#numbers = new Float64Array(buffer);
    this.#view = new DataView(buffer);
    this.#textRoom = this.#textRoomIn(buffer);
    this.lastOutcome = new Outcome(this);
  }

  /** The linear memory. A view is valid until the next call of an export, which may grow it. */
  get bytes(): Uint8Array {
    if (this.#bytes.length === 0) this.#look();
    return this.#bytes;
  }
  get words(): Uint32Array {
    if (this.#bytes.length === 0) this.#look();
    return this.#words;
  }
  get numbers(): Float64Array {
    if (this.#bytes.length === 0) this.#look();
    return this.#numbers;
  }
  get view(): DataView {
    if (this.#bytes.length === 0) this.#look();
    return this.#view;
  }
  /** The scratch space behind the header of a request. */
  get textRoom(): Uint8Array {
    if (this.#bytes.length === 0) this.#look();
    return this.#textRoom;
  }

  /** ASCII text that is a constant of the module, and so always the same at that address. */
  constant(address: number, length: number): string {
    let text = this.#constants.get(address);
    if (text === undefined || text.length !== length) {
      text = decoder.decode(this.bytes.subarray(address, address + length));
      this.#constants.set(address, text);
    }
    return text;
  }

  #look(): void {
    const { buffer } = this.exports.memory;
    this.#bytes = new Uint8Array(buffer);
    this.#words = new Uint32Array(buffer);
    this.#numbers = new Float64Array(buffer);
    this.#view = new DataView(buffer);
    this.#textRoom = this.#textRoomIn(buffer);
  }

  #textRoomIn(buffer: ArrayBuffer): Uint8Array {
    return new Uint8Array(buffer, this.scratch + headerBytes, scratchBytes - headerBytes);
  }

  /**
   * Runs calls of exports. Any exception that leaves one (a trap, an overflown stack) leaves the
   * instance damaged although it still runs: it is given up, and `InstanceLost` is thrown.
   */
  guard<T>(calls: (exports: CoreExports) => T): T {
    if (this.isLost) throw new InstanceLost("the core was replaced after a fault");
    try {
      return calls(this.exports);
    } catch (cause) {
      throw this.#lose(cause);
    }
  }

  /** Starts the request that was written there. The most frequent call: it takes no closure. */
  start(address: number, bytes: number): Outcome {
    if (this.isLost) throw new InstanceLost("the core was replaced after a fault");
    try {
      this.exports.kv_start(address, bytes);
    } catch (cause) {
      throw this.#lose(cause);
    }
    return this.lastOutcome;
  }

  /** Goes on with an operation of which all was carried out that it asked for. As `start`. */
  resumeDone(slot: number, sequence: number): void {
    if (this.isLost) throw new InstanceLost("the core was replaced after a fault");
    try {
      this.exports.kv_resume_done(slot, sequence);
    } catch (cause) {
      throw this.#lose(cause);
    }
  }

  #lose(cause: unknown): InstanceLost {
    this.isLost = true;
    return new InstanceLost("the core stopped with a fault", { cause });
  }
}

const isWorkerd = typeof navigator !== "undefined" && navigator.userAgent === "Cloudflare-Workers";

/** A Worker's isolate has 128 MB for everything; Node's process has what the machine has. */
export const defaultLimitBytes = (isWorkerd ? 48 : 256) * 1024 * 1024;
/** What a memory store holds unless told otherwise. */
export const defaultMaxBytes = (isWorkerd ? 32 : 64) * 1024 * 1024;

/** A place for an instance, made when it is first needed and again after it was lost. */
export class Core {
  readonly #limitBytes: number;
  readonly #module: WebAssembly.Module;
  #instance: Instance | null = null;

  /** `limitBytes` bounds what operations in flight hold in the linear memory. */
  constructor(limitBytes = defaultLimitBytes, module = coreModule) {
    this.#limitBytes = limitBytes;
    this.#module = module;
  }

  get instance(): Instance {
    if (this.#instance === null || this.#instance.isLost) {
      this.#instance = new Instance(this.#limitBytes, this.#module);
    }
    return this.#instance;
  }
}
