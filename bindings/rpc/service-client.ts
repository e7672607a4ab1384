// The client of a store in another isolate: it sends the operations of the contract as messages, and
// returns their outcomes. It holds no store logic and no WebAssembly.

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
import { callService, type ServiceAddress } from "./service-call.ts";
import {
  bytesOf,
  bytesOfJson,
  entryOf,
  failed,
  messageOf,
  textOf,
  withoutSignal,
} from "./service-messages.ts";
import type { ServiceOperation, ServiceOperations, ServiceValue } from "./service-protocol.ts";

export class ServiceClient implements ByteStore {
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
    return new ServiceClient(this.name, this.capabilities, address);
  }

  async get(key: string, call?: Call): Promise<string | null> {
    const value = await this.getBytes(key, call);
    return value === null ? null : textOf(value);
  }

  getBytes(key: string, call: Call = {}): Promise<Uint8Array | null> {
    return this.#call("get", [key, withoutSignal(call)], key, call);
  }

  async entry(key: string, call?: Call): Promise<Entry | null> {
    const entry = await this.entryBytes(key, call);
    return entry === null ? null : entryOf(entry);
  }

  entryBytes(key: string, call: Call = {}): Promise<ByteEntry | null> {
    return this.#call("entry", [key, withoutSignal(call)], key, call);
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
    return this.#call("patch", [key, mergePatch, withoutSignal(options)], key, options);
  }

  async delete(key: string, call: Call = {}): Promise<void> {
    await this.#call("delete", [key, withoutSignal(call)], key, call);
  }

  async compareAndDelete(key: string, version: string, call: Call = {}): Promise<void> {
    await this.#call("delete", [key, { ...withoutSignal(call), version }], key, call);
  }

  async list(prefix = "", call: Call = {}): Promise<string[]> {
    return this.#call("list", [prefix, withoutSignal(call)], null, call);
  }

  async page(
    options: {
      readonly prefix?: string;
      readonly limit?: number;
      readonly cursor?: string;
    } & Call = {},
  ): Promise<Page> {
    return this.#call("page", [withoutSignal(options)], null, options);
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
      for (const value of await this.#call("getMany", [rest, withoutSignal(call)], null, call)) {
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
        const some = await this.#call("setMany", [items, withoutSignal(call)], null, call);
        outcomes.push(...some.map((one) => (one.ok ? one : failed(one.error))));
      } catch (error) {
        // The outcomes of earlier messages are known, and are returned.
        if (!(error instanceof KvError) || outcomes.length === 0) throw error;
        outcomes.push(...items.map(() => ({ ok: false as const, error })));
      }
    } while (outcomes.length < entries.length);
    return outcomes;
  }

  async deleteMany(keys: readonly string[], call: Call = {}): Promise<Outcome<void>[]> {
    const outcomes = await this.#call("deleteMany", [keys, withoutSignal(call)], null, call);
    return outcomes.map((one) => (one.ok ? { ok: true, value: undefined } : failed(one.error)));
  }

  async diagnose(): Promise<Finding[]> {
    return this.#call("diagnose", [], null, {});
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

  #set(key: string, value: ServiceValue, options: Expiry & Call = {}): Promise<Written> {
    return this.#call("set", [key, value, withoutSignal(options)], key, options);
  }

  #compareAndSet(
    key: string,
    version: string | null,
    value: ServiceValue,
    options: Expiry & Call = {},
  ): Promise<Written> {
    return this.#call("compareAndSet", [key, version, value, withoutSignal(options)], key, options);
  }

  #call<K extends ServiceOperation>(
    operation: K,
    args: Parameters<ServiceOperations[K]>,
    key: string | null,
    call: Call,
  ): Promise<ReturnType<ServiceOperations[K]>> {
    return callService(this.#address, { operation, args, key, call, closed: this.#closed });
  }
}
