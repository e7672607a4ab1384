// A store that is open in the core: its handle, and after a fault its handle in the new instance.

import { capabilitiesOf } from "../boundary/capability-bits.ts";
import type { Core, Instance } from "../boundary/instance.ts";
import { reserve } from "../boundary/reserve.ts";
import type { Capabilities } from "../contract/contract.ts";
import { KvError } from "../contract/errors.ts";

const encoder = new TextEncoder();

/** The configuration of a store; wasm/open/open.h lists its members. */
export type StoreConfig = { readonly kind: string; readonly [member: string]: unknown };

/** A handle that the core never gives: operations on it fail with CLOSED. */
export const closedHandle = 0;

// A store that nobody closed is closed when its OpenStore is collected, for example after its Durable
// Object was evicted.
type Left = { readonly instance: Instance; readonly handle: number };
const collected =
  // Workers before compatibility date 2025-05-05 have none.
  typeof FinalizationRegistry === "undefined"
    ? null
    : new FinalizationRegistry<Left>(({ instance, handle }) => {
        if (!instance.isLost) instance.guard((exports) => exports.kv_close(handle));
      });

export class OpenStore {
  readonly core: Core;
  readonly name: string;
  readonly capabilities: Capabilities;
  readonly #config: Uint8Array;
  #instance: Instance;
  #handle: number;
  #isClosed = false;

  /** Throws `INVALID_ARGUMENT` if an option is wrong. */
  constructor(core: Core, config: StoreConfig) {
    this.core = core;
    this.name = config.kind;
    this.#config = encoder.encode(JSON.stringify(config));
    this.#instance = core.instance;
    this.#handle = this.#open(this.#instance);
    this.capabilities = capabilitiesOf(this.#instance.lastResult.number);
  }

  #open(instance: Instance): number {
    const address = reserve(instance, this.#config.length);
    instance.bytes.set(this.#config, address);
    const handle = instance.guard((exports) => exports.kv_open(address, this.#config.length));
    if (handle !== 0) {
      collected?.register(this, { instance, handle }, this);
      return handle;
    }
    const fields = { store: this.name, operation: "open", key: null };
    throw new KvError({ ...instance.lastResult.failure, ...fields });
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** The store's handle in that instance. */
  handle(instance: Instance): number {
    if (this.#isClosed) return closedHandle;
    if (this.#instance !== instance) {
      this.#instance = instance;
      this.#handle = this.#open(instance);
    }
    return this.#handle;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    collected?.unregister(this);
    if (!this.#instance.isLost) {
      this.#instance.guard((exports) => exports.kv_close(this.#handle));
    }
  }
}
