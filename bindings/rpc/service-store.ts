// A store that another isolate performs: the contract's operations as messages to it, and its
// outcomes as they were. No store logic, and no WebAssembly.

import type { ByteEntry, ByteStore } from "../contract/bytes.ts";
import type {
  Call,
  Capabilities,
  Entry,
  Expiry,
  Finding,
  JsonValue,
  Outcome,
  Page,
  Written,
} from "../contract/contract.ts";
import { KvError } from "../contract/errors.ts";
import { askService, type ServiceAddress } from "./service-call.ts";
import {
  bytesOf,
  bytesOfJson,
  entryOf,
  failed,
  messageOf,
  textOf,
  wireOf,
} from "./service-messages.ts";
import type { WireOperation, WireOperations, WireValue } from "./service-protocol.ts";

export class ServiceStore implements ByteStore {
  readonly name: string;
  readonly capabilities: Capabilities;
  readonly #address: ServiceAddress;
  #closed = false;

  constructor(name: string, capabilities: Capabilities, address: ServiceAddress) {
    this.name = name;
    this.capabilities = capabilities;
    this.#address = address;
  }

  scope(keyNamespace: string): ByteStore {
    const { service, store, keyNamespace: outer } = this.#address;
    const address = { service, store, keyNamespace: outer + keyNamespace };
    return new ServiceStore(this.name, this.capabilities, address);
  }

  async get(key: string, call?: Call): Promise<string | null> {
    const value = await this.getBytes(key, call);
    return value === null ? null : textOf(value);
  }

  getBytes(key: string, call: Call = {}): Promise<Uint8Array | null> {
    return this.#ask("get", [key, wireOf(call)], key, call);
  }

  async entry(key: string, call?: Call): Promise<Entry | null> {
    const entry = await this.entryBytes(key, call);
    return entry === null ? null : entryOf(entry);
  }

  entryBytes(key: string, call: Call = {}): Promise<ByteEntry | null> {
    return this.#ask("entry", [key, wireOf(call)], key, call);
  }

  set(key: string, value: string, options?: Expiry & Call): Promise<Written> {
    return this.#set(key, bytesOf(value), options);
  }

  setBytes(key: string, value: Uint8Array, options?: Expiry & Call): Promise<Written> {
    return this.#set(key, value, options);
  }

  compareAndSet(
    key: string,
    version: string | null,
    value: string,
    options?: Expiry & Call,
  ): Promise<Written> {
    return this.#compareAndSet(key, version, bytesOf(value), options);
  }

  compareAndSetBytes(
    key: string,
    version: string | null,
    value: Uint8Array,
    options?: Expiry & Call,
  ): Promise<Written> {
    return this.#compareAndSet(key, version, value, options);
  }

  async patch(key: string, mergePatch: JsonValue, options?: Expiry & Call): Promise<Entry> {
    const bytes = bytesOfJson(mergePatch);
    if (bytes === null) throw this.#notJson(key);
    return entryOf(await this.patchBytes(key, bytes, options));
  }

  patchBytes(
    key: string,
    mergePatch: Uint8Array,
    options: Expiry & Call & { readonly version?: string } = {},
  ): Promise<ByteEntry> {
    return this.#ask("patch", [key, mergePatch, wireOf(options)], key, options);
  }

  async delete(key: string, call: Call = {}): Promise<void> {
    await this.#ask("delete", [key, wireOf(call)], key, call);
  }

  async compareAndDelete(key: string, version: string, call: Call = {}): Promise<void> {
    await this.#ask("delete", [key, { ...wireOf(call), version }], key, call);
  }

  async list(prefix = "", call: Call = {}): Promise<string[]> {
    return this.#ask("list", [prefix, wireOf(call)], null, call);
  }

  async page(
    options: {
      readonly prefix?: string;
      readonly limit?: number;
      readonly cursor?: string;
    } & Call = {},
  ): Promise<Page> {
    return this.#ask("page", [wireOf(options)], null, options);
  }

  async *keys(prefix = "", call: Call = {}): AsyncIterable<string> {
    let cursor: string | null = null;
    do {
      const from: { cursor?: string } = cursor === null ? {} : { cursor };
      const page = await this.page({ ...call, prefix, ...from });
      yield* page.keys;
      cursor = page.cursor;
    } while (cursor !== null);
  }

  async getMany(keys: readonly string[], call: Call = {}): Promise<(string | null)[]> {
    const values: (string | null)[] = [];
    do {
      const rest = keys.slice(values.length);
      for (const value of await this.#ask("getMany", [rest, wireOf(call)], null, call)) {
        values.push(value === null ? null : textOf(value));
      }
    } while (values.length < keys.length);
    return values;
  }

  async setMany(
    entries: readonly ({ readonly key: string; readonly value: string } & Expiry)[],
    call: Call = {},
  ): Promise<Outcome<Written>[]> {
    const outcomes: Outcome<Written>[] = [];
    do {
      const items = messageOf(entries.slice(outcomes.length));
      try {
        const some = await this.#ask("setMany", [items, wireOf(call)], null, call);
        outcomes.push(...some.map((one) => (one.ok ? one : failed(one.error))));
      } catch (error) {
        // What earlier messages did stays told.
        if (!(error instanceof KvError) || outcomes.length === 0) throw error;
        outcomes.push(...items.map(() => ({ ok: false as const, error })));
      }
    } while (outcomes.length < entries.length);
    return outcomes;
  }

  async deleteMany(keys: readonly string[], call: Call = {}): Promise<Outcome<void>[]> {
    const outcomes = await this.#ask("deleteMany", [keys, wireOf(call)], null, call);
    return outcomes.map((one) => (one.ok ? { ok: true, value: undefined } : failed(one.error)));
  }

  async diagnose(): Promise<Finding[]> {
    return this.#ask("diagnose", [], null, {});
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #notJson(key: string): KvError {
    return new KvError({
      code: "INVALID_ARGUMENT",
      message: "the patch cannot be written as JSON",
      store: this.#address.store,
      operation: "patch",
      key,
      retryable: false,
      hint: "pass what JSON.stringify takes: no BigInt, no cycle, and no great depth",
    });
  }

  #set(key: string, value: WireValue, options: Expiry & Call = {}): Promise<Written> {
    return this.#ask("set", [key, value, wireOf(options)], key, options);
  }

  #compareAndSet(
    key: string,
    version: string | null,
    value: WireValue,
    options: Expiry & Call = {},
  ): Promise<Written> {
    return this.#ask("compareAndSet", [key, version, value, wireOf(options)], key, options);
  }

  #ask<K extends WireOperation>(
    operation: K,
    args: Parameters<WireOperations[K]>,
    key: string | null,
    call: Call,
  ): Promise<ReturnType<WireOperations[K]>> {
    return askService(this.#address, { operation, args, key, call, closed: this.#closed });
  }
}
