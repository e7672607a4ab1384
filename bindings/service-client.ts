// The caller's side of the service binding to `KvService`: the contract over RPC, without store
// logic and without WebAssembly. What an operation means, and with which error it fails, is decided
// in the service; only what never reached it, or never came back, is told here.
import type {
  Call,
  Capabilities,
  Entry,
  Expiry,
  Finding,
  JsonValue,
  KvStore,
  Outcome,
  Page,
  Written,
} from "./contract.ts";
import type { ByteEntry } from "./contract-bytes.ts";
import { KvError, type KvErrorFields } from "./errors.ts";
import { askService, type ServiceAddress } from "./service-call.ts";
import {
  type KvServiceBinding,
  maxMessageBytes,
  servedCapabilities,
  type WireItem,
  type WireOperation,
  type WireOperations,
  type WireOptions,
  type WireValue,
} from "./service-protocol.ts";

export type ServiceKvStoreOptions = {
  /** The binding in `env` to a Worker's entrypoint `KvService`. */
  readonly service: KvServiceBinding;
  /** `kv`, `do` or `memory`, as that Worker is configured. */
  readonly store: string;
  /** A prefix that callers never see. */
  readonly keyNamespace?: string;
};

/**
 * The store of that name behind a service binding. Every operation of the contract works as on the
 * store itself. A service that cannot be reached is `UNAVAILABLE`, or for a write that may have
 * arrived `OUTCOME_UNKNOWN`; a store that it does not serve is `UNSUPPORTED`.
 */
export function serviceKvStore(options: ServiceKvStoreOptions): KvStore {
  return new ServiceStore(options);
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });
const noCapabilities: Capabilities = {
  compareAndSet: false,
  patch: false,
  linearizableReads: false,
  expiry: false,
  orderedPages: false,
};

class ServiceStore implements KvStore {
  readonly name: string;
  readonly capabilities: Capabilities;
  readonly #address: ServiceAddress;
  #closed = false;

  constructor({ service, store, keyNamespace = "" }: ServiceKvStoreOptions) {
    this.name = `service:${store}`;
    this.capabilities = servedCapabilities[store] ?? noCapabilities;
    this.#address = { service, store, keyNamespace };
  }

  async get(key: string, call: Call = {}): Promise<string | null> {
    const value = await this.#ask("get", [key, wireOf(call)], key, call);
    return value === null ? null : decoder.decode(value);
  }

  async entry(key: string, call: Call = {}): Promise<Entry | null> {
    const entry = await this.#ask("entry", [key, wireOf(call)], key, call);
    return entry === null ? null : entryOf(entry);
  }

  async set(key: string, value: string, options: Expiry & Call = {}): Promise<Written> {
    return this.#ask("set", [key, bytesOf(value), wireOf(options)], key, options);
  }

  async compareAndSet(
    key: string,
    version: string | null,
    value: string,
    options: Expiry & Call = {},
  ): Promise<Written> {
    const args = [key, version, bytesOf(value), wireOf(options)] as const;
    return this.#ask("compareAndSet", [...args], key, options);
  }

  async patch(key: string, mergePatch: JsonValue, options: Expiry & Call = {}): Promise<Entry> {
    // What JSON has no text for is refused as what it is then: no JSON.
    const bytes = encoder.encode(JSON.stringify(mergePatch) ?? "");
    return entryOf(await this.#ask("patch", [key, bytes, wireOf(options)], key, options));
  }

  async delete(key: string, call: Call = {}): Promise<void> {
    await this.#ask("delete", [key, wireOf(call)], key, call);
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
    const { signal, ...plain } = options;
    return this.#ask("page", [plain], null, options);
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
        values.push(value === null ? null : decoder.decode(value));
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

  #ask<K extends WireOperation>(
    operation: K,
    args: Parameters<WireOperations[K]>,
    key: string | null,
    call: Call,
  ): Promise<ReturnType<WireOperations[K]>> {
    return askService(this.#address, { operation, args, key, call, closed: this.#closed });
  }
}

function wireOf(options: Expiry & Call): WireOptions {
  const { signal, ...plain } = options;
  return plain;
}

function bytesOf(value: string): WireValue {
  return typeof value === "string" && value.isWellFormed() ? encoder.encode(value) : value;
}

function entryOf({ value, version, expiresAt }: ByteEntry): Entry {
  return { value: decoder.decode(value), version, expiresAt };
}

function failed(error: KvErrorFields): { readonly ok: false; readonly error: KvError } {
  return { ok: false, error: new KvError(error) };
}

// The first of the entries, as many as one message holds: at least one.
function messageOf(
  entries: readonly ({ readonly key: string; readonly value: string } & Expiry)[],
): WireItem[] {
  const items: WireItem[] = [];
  let bytes = 0;
  for (const entry of entries) {
    const item = { ...entry, value: bytesOf(entry.value) };
    bytes += item.value?.length ?? 0;
    if (bytes > maxMessageBytes && items.length > 0) break;
    items.push(item);
  }
  return items;
}
