// The contract over the core: each method makes a request, has it run, and names the reader of its
// answer. No method knows which store it serves.
import type { Failure } from "../boundary/call-result.ts";
import { type RequestFields, wantVersion } from "../boundary/request.ts";
import type { RequestItem } from "../boundary/request-items.ts";
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
import { maxPageKeys } from "../contract/limits.ts";
import * as answers from "./answers.ts";
import type { Host } from "./host.ts";
import { writtenText } from "./lazy-version.ts";
import type { OpenStore } from "./open-store.ts";
import { StoreCalls } from "./store-calls.ts";
import { storeError } from "./store-error.ts";

type Options = Expiry & Call;

export class CoreStore implements ByteStore {
  readonly name: string;
  readonly capabilities: Capabilities;
  readonly #calls: StoreCalls;
  readonly #ownsStore: boolean;

  /** `ownsStore`: closing this view closes the store for every other view of it. */
  constructor(store: OpenStore, host: Host, keyNamespace = "", ownsStore = true) {
    this.name = store.name;
    this.capabilities = store.capabilities;
    this.#calls = new StoreCalls(store, host, keyNamespace);
    this.#ownsStore = ownsStore;
  }

  scope(keyNamespace: string): ByteStore {
    const { store, host, keyNamespace: outer } = this.#calls;
    return new CoreStore(store, host, outer + keyNamespace, false);
  }

  get(key: string, call?: Call): Promise<string | null> {
    return this.#calls.run("get", { key }, call, answers.textOrNull);
  }

  getBytes(key: string, call?: Call): Promise<Uint8Array | null> {
    return this.#calls.run("get", { key }, call, answers.bytesOrNull);
  }

  entry(key: string, call?: Call): Promise<Entry | null> {
    return this.#calls.run("entry", { key }, call, answers.entryOrNull);
  }

  entryBytes(key: string, call?: Call): Promise<ByteEntry | null> {
    return this.#calls.run("entry", { key }, call, answers.byteEntryOrNull);
  }

  set(key: string, value: string, options?: Options): Promise<Written> {
    return this.#write("set", { key, value, expiry: options }, options);
  }

  setBytes(key: string, value: Uint8Array, options?: Options): Promise<Written> {
    return this.#write("set", { key, value, expiry: options }, options);
  }

  delete(key: string, call?: Call): Promise<void> {
    return this.#calls.run("delete", { key }, call, answers.nothing);
  }

  compareAndSet(
    key: string,
    version: string | null,
    value: string,
    options?: Options,
  ): Promise<Written> {
    return this.#write("compareAndSet", { key, extra: version, value, expiry: options }, options);
  }

  compareAndSetBytes(
    key: string,
    version: string | null,
    value: Uint8Array,
    options?: Options,
  ): Promise<Written> {
    return this.#write("compareAndSet", { key, extra: version, value, expiry: options }, options);
  }

  compareAndDelete(key: string, version: string, call?: Call): Promise<void> {
    return this.#calls.run("compareAndDelete", { key, extra: version }, call, answers.nothing);
  }

  patch(
    key: string,
    mergePatch: JsonValue,
    options?: Options & { readonly version?: string },
  ): Promise<Entry> {
    let value: string;
    try {
      // JSON has no text for `undefined` and functions: the core refuses "" because it is not JSON.
      value = JSON.stringify(mergePatch) ?? "";
    } catch (cause) {
      return Promise.reject(storeError(this.name, "patch", key, notJson, cause));
    }
    return this.#calls.run(
      "patch",
      { key, value, ...patchFields(options) },
      options,
      answers.entry,
    );
  }

  patchBytes(
    key: string,
    mergePatch: Uint8Array,
    options?: Options & { readonly version?: string },
  ): Promise<ByteEntry> {
    const fields = { key, value: mergePatch, ...patchFields(options) };
    return this.#calls.run("patch", fields, options, answers.byteEntry);
  }

  list(prefix = "", call?: Call): Promise<string[]> {
    return this.#calls.run("list", { key: prefix }, call, answers.keys);
  }

  page(
    options: {
      readonly prefix?: string;
      readonly limit?: number;
      readonly cursor?: string;
    } & Call = {},
  ): Promise<Page> {
    const { prefix = "", limit = maxPageKeys, cursor } = options ?? {};
    const number = typeof limit === "number" ? limit : Number.NaN;
    return this.#calls.run("page", { key: prefix, extra: cursor, number }, options, answers.page);
  }

  async *keys(prefix = "", call: Call = {}): AsyncIterable<string> {
    let from: { cursor?: string } = {};
    for (;;) {
      const { keys, cursor } = await this.page({ ...call, prefix, ...from });
      yield* keys;
      if (cursor === null) return;
      from = { cursor };
    }
  }

  getMany(keys: readonly string[], call?: Call): Promise<(string | null)[]> {
    if (this.#isNothing(keys)) return Promise.resolve([]);
    return this.#calls.run("getMany", { items: itemsOf(keys) }, call, answers.values);
  }

  setMany(
    entries: readonly ({ readonly key: string; readonly value: string } & Expiry)[],
    call?: Call,
  ): Promise<Outcome<Written>[]> {
    if (this.#isNothing(entries)) return Promise.resolve([]);
    return this.#calls.run("setMany", { items: entries }, call, (result) =>
      answers.setOutcomes(this.#calls.store, entries, result),
    );
  }

  deleteMany(keys: readonly string[], call?: Call): Promise<Outcome<void>[]> {
    if (this.#isNothing(keys)) return Promise.resolve([]);
    return this.#calls.run("deleteMany", { items: itemsOf(keys) }, call, (result) =>
      answers.deleteOutcomes(this.#calls.store, keys, result),
    );
  }

  diagnose(): Promise<Finding[]> {
    return this.#calls.run("diagnose", {}, undefined, answers.findings);
  }

  /** Removes expired values; resolves with the next expiry in Unix milliseconds, or `null`. */
  sweep(): Promise<number | null> {
    return this.#calls.run("sweep", {}, undefined, answers.nextExpiryMs);
  }

  async close(): Promise<void> {
    this.#calls.isClosed = true;
    if (this.#ownsStore) this.#calls.store.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Whether the batch is empty and the store open: then the core need not be called. */
  #isNothing(batch: readonly unknown[]): boolean {
    return batch?.length === 0 && !this.#calls.isClosed && !this.#calls.store.isClosed;
  }

  #write(
    name: "set" | "compareAndSet",
    fields: RequestFields & { readonly value: string | Uint8Array },
    options: Options | undefined,
  ): Promise<Written> {
    const { value } = fields;
    if (typeof value === "string") {
      return this.#calls.run(name, fields, options, (result) =>
        writtenText(this.#calls.store, value, result.expiresAt),
      );
    }
    const withVersion = { ...fields, flags: wantVersion };
    return this.#calls.run(name, withVersion, options, answers.writtenBytes);
  }
}

const notJson: Failure = {
  code: "INVALID_ARGUMENT",
  message: "the patch cannot be written as JSON",
  hint: "pass what JSON.stringify takes: no BigInt, and no cycle",
  retryable: false,
};

function patchFields(
  options: (Options & { readonly version?: string }) | undefined,
): RequestFields {
  return { expiry: options, extra: options?.version };
}

// Anything but an array goes on as it is, to be refused with its own error.
function itemsOf(keys: readonly string[]): readonly RequestItem[] {
  return Array.isArray(keys) ? keys.map((key) => ({ key })) : (keys as never);
}
