// The linear memory of one instance of the core, as typed views. It knows addresses and lengths; what
// the bytes mean is for its users.

/** The bytes that `kv_scratch` points to. */
export const scratchBytes = 64 * 1024;
/** The bytes of a request before its text (wasm/core/message.h). */
export const headerBytes = 72;

const decoder = new TextDecoder();

/** A view is valid until the next call of an export: the call may grow the memory. */
export class LinearMemory {
  /** The address of the scratch space. */
  readonly scratch: number;
  /** A text that the host kept, because the core did not need its bytes; valid until the next reply. */
  keptText = "";
  readonly #memory: WebAssembly.Memory;
  #bytes: Uint8Array;
  #words: Uint32Array;
  #numbers: Float64Array;
  #view: DataView;
  #textRoom: Uint8Array;
  readonly #constants = new Map<number, string>();

  constructor(memory: WebAssembly.Memory, scratch: number) {
    this.#memory = memory;
    this.scratch = scratch;
    const { buffer } = memory;
    this.#bytes = new Uint8Array(buffer);
    this.#words = new Uint32Array(buffer);
    this.#numbers = new Float64Array(buffer);
    this.#view = new DataView(buffer);
    this.#textRoom = this.#textRoomIn(buffer);
  }

  get bytes(): Uint8Array {
    if (this.#bytes.length === 0) this.#renewViews();
    return this.#bytes;
  }
  get words(): Uint32Array {
    if (this.#bytes.length === 0) this.#renewViews();
    return this.#words;
  }
  get numbers(): Float64Array {
    if (this.#bytes.length === 0) this.#renewViews();
    return this.#numbers;
  }
  get view(): DataView {
    if (this.#bytes.length === 0) this.#renewViews();
    return this.#view;
  }
  /** The scratch space after the header of a request. */
  get textRoom(): Uint8Array {
    if (this.#bytes.length === 0) this.#renewViews();
    return this.#textRoom;
  }

  /** ASCII text that is a constant of the module: the same address always holds the same text. */
  constant(address: number, length: number): string {
    let text = this.#constants.get(address);
    if (text === undefined || text.length !== length) {
      text = decoder.decode(this.bytes.subarray(address, address + length));
      this.#constants.set(address, text);
    }
    return text;
  }

  // When the memory grows, it gets a new buffer and the old one is detached: its views have length 0.
  #renewViews(): void {
    const { buffer } = this.#memory;
    this.#bytes = new Uint8Array(buffer);
    this.#words = new Uint32Array(buffer);
    this.#numbers = new Float64Array(buffer);
    this.#view = new DataView(buffer);
    this.#textRoom = this.#textRoomIn(buffer);
  }

  #textRoomIn(buffer: ArrayBuffer): Uint8Array {
    return new Uint8Array(buffer, this.scratch + headerBytes, scratchBytes - headerBytes);
  }
}
