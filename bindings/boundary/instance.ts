// One instance of the core, and its replacement after a fault. It calls the exports; it does not read
// or write messages. (Twin of the exports: bindings/boundary/abi.cc.)
import { coreModule } from "#core-module";
import { CallResult } from "./call-result.ts";
import { LinearMemory } from "./linear-memory.ts";

/** The exports of the module; bindings/boundary/abi.cc documents each. */
export type CoreExports = {
  readonly memory: WebAssembly.Memory;
  _initialize(): void;
  kv_start_engine(limitBytes: number): void;
  kv_scratch(): number;
  kv_result(): number;
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

/** An instance threw from one of its exports: nothing that it holds can be trusted any more. */
export class InstanceLost extends Error {
  override readonly name = "InstanceLost";
}

export class Instance extends LinearMemory {
  readonly exports: CoreExports;
  /** Reads the result of the last call of an export. */
  readonly lastResult: CallResult;
  isLost = false;

  /** `limitBytes` bounds the bytes that operations in flight hold in the linear memory. */
  constructor(limitBytes: number, module = coreModule) {
    const exports = start(module, limitBytes);
    super(exports.memory, exports.kv_scratch());
    this.exports = exports;
    this.lastResult = new CallResult(this, exports.kv_result());
  }

  /**
   * Runs calls of exports. If an exception leaves one (a trap, a stack overflow), the instance is
   * damaged although it still runs: this marks it as lost and throws `InstanceLost`.
   */
  guard<T>(calls: (exports: CoreExports) => T): T {
    if (this.isLost) throw new InstanceLost("the core was replaced after a fault");
    try {
      return calls(this.exports);
    } catch (cause) {
      throw this.#lose(cause);
    }
  }

  /**
   * Starts the request that lies at that address. As `guard`, but without a closure: it is the most
   * frequent call.
   */
  start(address: number, bytes: number): CallResult {
    if (this.isLost) throw new InstanceLost("the core was replaced after a fault");
    try {
      this.exports.kv_start(address, bytes);
    } catch (cause) {
      throw this.#lose(cause);
    }
    return this.lastResult;
  }

  /** Continues an operation whose host has carried out everything and has nothing to reply. As `start`. */
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

function start(module: WebAssembly.Module, limitBytes: number): CoreExports {
  const { exports } = new WebAssembly.Instance(module, {
    // The views are renewed when they are next used, so nothing has to happen when the memory grows.
    env: { emscripten_notify_memory_growth() {} },
  });
  const core = exports as unknown as CoreExports;
  core._initialize();
  core.kv_start_engine(limitBytes);
  return core;
}

const isWorkerd = typeof navigator !== "undefined" && navigator.userAgent === "Cloudflare-Workers";

/**
 * By default, the bytes that operations in flight may hold. A Worker's isolate has 128 MB for
 * everything; Node's process has what the machine has.
 */
export const defaultLimitBytes = (isWorkerd ? 48 : 256) * 1024 * 1024;
/** By default, the bytes that a memory store may hold. */
export const defaultMaxBytes = (isWorkerd ? 32 : 64) * 1024 * 1024;

/** Holds an instance: it makes one on the first use, and a new one after the last one was lost. */
export class Core {
  readonly #limitBytes: number;
  readonly #module: WebAssembly.Module;
  #instance: Instance | null = null;

  /** `limitBytes` bounds the bytes that operations in flight hold in the linear memory. */
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
