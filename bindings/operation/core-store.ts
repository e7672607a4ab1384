// The contract over the core: each method writes a request, has it driven, and reads the answer. No
// method knows which store it serves.

import type { CallResult, Failure } from "../boundary/call-result.ts";
import type { Instance } from "../boundary/instance.ts";
import { type OpName, op } from "../boundary/op.ts";
import { type RequestFields, wantVersion, writeRequest } from "../boundary/request.ts";
import type { RequestItem } from "../boundary/request-items.ts";
import { RoomRefused } from "../boundary/reserve.ts";
import type { ByteEntry, ByteStore } from "../contract/bytes.ts";
import type {
  Call,
  Capabilities,
  Entry,
  Expiry,
  Finding,
  JsonValue,
  Outcome as KeyOutcome,
  Page,
  Written,
} from "../contract/contract.ts";
import { KvError, type KvErrorCode } from "../contract/errors.ts";
import { type RecordUse, recordByte } from "../contract/record-use.ts";
import { failureOf, follow, type Host, OperationFailed } from "./drive.ts";
import { closedHandle, type OpenStore } from "./open-store.ts";
import { writtenText } from "./written.ts";

const defaultDeadlineMs = 10_000;
const defaultPageKeys = 1000;
const encoder = new TextEncoder();
const noBytes = new Uint8Array(0);
const writes: ReadonlySet<OpName> = new Set<OpName>([
  "set",
  "delete",
  "compareAndSet",
  "compareAndDelete",
  "patch",
  "setMany",
  "deleteMany",
]);

// What to do about what is refused here.
const hints: { readonly [code in KvErrorCode]?: string } = {
  TIMEOUT: "its signal was aborted by the caller",
  INVALID_KEY: "pass text",
  INVALID_VALUE: "pass text",
};
const notJson: Failure = {
  code: "INVALID_ARGUMENT",
  message: "the patch cannot be written as JSON",
  hint: "pass what JSON.stringify takes: no BigInt, and no cycle",
  retryable: false,
};

type Options = Expiry & Call;
type AnyCall = Call & RecordUse;

export class CoreStore implements ByteStore {
  readonly name: string;
  readonly capabilities: Capabilities;
  readonly #store: OpenStore;
  readonly #host: Host;
  readonly #ownsStore: boolean;
  readonly #keyNamespace: string;
  readonly #nameSpace: Uint8Array;
  #isClosed = false;

  /** `ownsStore`: closing this closes the store for every view of it. */
  constructor(store: OpenStore, host: Host, keyNamespace = "", ownsStore = true) {
    this.name = store.name;
    this.capabilities = store.capabilities;
    this.#store = store;
    this.#host = host;
    this.#ownsStore = ownsStore;
    this.#keyNamespace = keyNamespace;
    // Encoded, an unpaired surrogate would become a character that another namespace may have.
    if (!keyNamespace.isWellFormed()) {
      throw this.#error("open", null, {
        code: "INVALID_ARGUMENT",
        message: "the namespace holds an unpaired surrogate",
        hint: "pass well-formed text",
        retryable: false,
      });
    }
    this.#nameSpace = keyNamespace === "" ? noBytes : encoder.encode(keyNamespace);
  }

  scope(keyNamespace: string): ByteStore {
    return new CoreStore(this.#store, this.#host, this.#keyNamespace + keyNamespace, false);
  }

  get(key: string, call?: Call): Promise<string | null> {
    return this.#run("get", { key }, call, textOrNull);
  }

  getBytes(key: string, call?: Call): Promise<Uint8Array | null> {
    return this.#run("get", { key }, call, bytesOrNull);
  }

  entry(key: string, call?: Call): Promise<Entry | null> {
    return this.#run("entry", { key }, call, entryOrNull);
  }

  entryBytes(key: string, call?: Call): Promise<ByteEntry | null> {
    return this.#run("entry", { key }, call, byteEntryOrNull);
  }

  set(key: string, value: string, options?: Options): Promise<Written> {
    return this.#write("set", { key, value, expiry: options }, options);
  }

  setBytes(key: string, value: Uint8Array, options?: Options): Promise<Written> {
    return this.#write("set", { key, value, expiry: options }, options);
  }

  delete(key: string, call?: Call): Promise<void> {
    return this.#run("delete", { key }, call, nothing);
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
    return this.#run("compareAndDelete", { key, extra: version }, call, nothing);
  }

  patch(
    key: string,
    mergePatch: JsonValue,
    options?: Options & { readonly version?: string },
  ): Promise<Entry> {
    let value: string;
    try {
      // What JSON has no text for is refused by the core as what it is: no JSON.
      value = JSON.stringify(mergePatch) ?? "";
    } catch (cause) {
      return Promise.reject(this.#error("patch", key, notJson, cause));
    }
    return this.#run("patch", { key, value, ...patchFields(options) }, options, entry);
  }

  patchBytes(
    key: string,
    mergePatch: Uint8Array,
    options?: Options & { readonly version?: string },
  ): Promise<ByteEntry> {
    const fields = { key, value: mergePatch, ...patchFields(options) };
    return this.#run("patch", fields, options, byteEntry);
  }

  list(prefix = "", call?: Call): Promise<string[]> {
    return this.#run("list", { key: prefix }, call, (outcome) => outcome.keys);
  }

  page(
    options: {
      readonly prefix?: string;
      readonly limit?: number;
      readonly cursor?: string;
    } & Call = {},
  ): Promise<Page> {
    const { prefix = "", limit = defaultPageKeys, cursor } = options ?? {};
    const number = typeof limit === "number" ? limit : Number.NaN;
    return this.#run("page", { key: prefix, extra: cursor, number }, options, (outcome) => ({
      keys: outcome.keys,
      cursor: outcome.cursor,
    }));
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
    return this.#run("getMany", { items: itemsOf(keys) }, call, (outcome) =>
      outcome.items().map((item) => ("failure" in item ? null : item.value)),
    );
  }

  setMany(
    entries: readonly ({ readonly key: string; readonly value: string } & Expiry)[],
    call?: Call,
  ): Promise<KeyOutcome<Written>[]> {
    if (this.#isNothing(entries)) return Promise.resolve([]);
    return this.#run("setMany", { items: entries }, call, (outcome) =>
      outcome.items().map((item, i) => {
        const { key, value } = entries[i] as { key: string; value: string };
        if ("failure" in item)
          return { ok: false, error: this.#error("setMany", key, item.failure) };
        return { ok: true, value: writtenText(this.#store, value, item.expiresAt) };
      }),
    );
  }

  deleteMany(keys: readonly string[], call?: Call): Promise<KeyOutcome<void>[]> {
    if (this.#isNothing(keys)) return Promise.resolve([]);
    return this.#run("deleteMany", { items: itemsOf(keys) }, call, (outcome) =>
      outcome.items().map((item, i) => {
        const key = keys[i] as string;
        if ("failure" in item) {
          return { ok: false, error: this.#error("deleteMany", key, item.failure) };
        }
        return { ok: true, value: undefined };
      }),
    );
  }

  diagnose(): Promise<Finding[]> {
    return this.#run("diagnose", {}, undefined, (outcome) => JSON.parse(outcome.value));
  }

  /** Removes what has expired and tells the next expiry in Unix milliseconds, or `null`. */
  sweep(): Promise<number | null> {
    return this.#run("sweep", {}, undefined, (outcome) =>
      outcome.expiresAt === null ? null : outcome.expiresAt * 1000,
    );
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#ownsStore) this.#store.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** A batch of nothing needs no call, unless the store is closed. */
  #isNothing(batch: readonly unknown[]): boolean {
    return batch?.length === 0 && !this.#isClosed && !this.#store.isClosed;
  }

  #write(
    name: "set" | "compareAndSet",
    fields: RequestFields & { readonly value: string | Uint8Array },
    options: Options | undefined,
  ): Promise<Written> {
    const { value } = fields;
    if (typeof value === "string") {
      return this.#run(name, fields, options, (outcome) =>
        writtenText(this.#store, value, outcome.expiresAt),
      );
    }
    return this.#run(
      name,
      { ...fields, flags: wantVersion },
      options,
      ({ version, expiresAt }) => ({
        version,
        expiresAt,
      }),
    );
  }

  #run<T>(
    name: OpName,
    given: RequestFields,
    call: AnyCall | undefined,
    read: (outcome: CallResult) => T,
  ): Promise<T> {
    const wrong = this.#wrongType(name, given);
    if (wrong !== null) return Promise.reject(wrong);
    const fields = call?.record === undefined ? given : { ...given, record: recordByte(call) };
    const nowMs = Date.now();
    const deadlineMs = nowMs + milliseconds(call?.deadlineMs);
    const signal = call?.signal ?? undefined;
    if (signal !== undefined && typeof signal.addEventListener !== "function") {
      return Promise.reject(
        this.#refuse(name, fields.key, "INVALID_ARGUMENT", "the signal is not an AbortSignal"),
      );
    }
    if (signal?.aborted) {
      return Promise.reject(
        this.#refuse(name, fields.key, "TIMEOUT", "the call was aborted", signal.reason),
      );
    }
    const { core } = this.#store;
    const { instance } = core;
    try {
      const store = this.#isClosed ? closedHandle : this.#store.handle(instance);
      const head = { op: op[name], store, nowMs, deadlineMs };
      const { address, bytes } = writeRequest(instance, head, this.#nameSpace, fields);
      const outcome = instance.start(address, bytes);
      // A store that answers at once needs no drive loop.
      if (outcome.isAnswer) return Promise.resolve(read(outcome));
    } catch (error) {
      if (!(error instanceof RoomRefused)) {
        return Promise.reject(this.#explain(name, fields.key, failureOf(error, writes.has(name))));
      }
    }
    return this.#follow(name, fields, deadlineMs, signal, read, instance);
  }

  #follow<T>(
    name: OpName,
    fields: RequestFields,
    deadlineMs: number,
    signal: AbortSignal | undefined,
    read: (outcome: CallResult) => T,
    instance: Instance,
  ): Promise<T> {
    const { core } = this.#store;
    const isWrite = writes.has(name);
    const explain = (failure: unknown) => this.#explain(name, fields.key, failure);
    try {
      const host = this.#host;
      const ownKey = this.#keyNamespace + (fields.key ?? "");
      const ownText = typeof fields.value === "string" ? fields.value : undefined;
      const answer = follow(
        { core, host, isWrite, deadlineMs, signal, ownKey, ownText, read, explain },
        instance,
      );
      return answer instanceof Promise ? answer : Promise.resolve(answer);
    } catch (error) {
      return Promise.reject(explain(error));
    }
  }

  // What only JavaScript can get wrong: the core sees bytes.
  #wrongType(name: OpName, fields: RequestFields): KvError | null {
    const { key, value, extra, items } = fields;
    if (typeof key !== "string" && "key" in fields) {
      return this.#refuse(name, null, "INVALID_KEY", "the key is not a string");
    }
    if (typeof value !== "string" && "value" in fields && !(value instanceof Uint8Array)) {
      return this.#refuse(name, key, "INVALID_VALUE", "the value is not a string");
    }
    if (extra !== undefined && extra !== null && typeof extra !== "string") {
      return this.#refuse(name, key, "INVALID_ARGUMENT", "a version or cursor is not a string");
    }
    if (items === undefined && !("items" in fields)) return null;
    if (!Array.isArray(items)) {
      return this.#refuse(name, null, "INVALID_ARGUMENT", "the batch is not an array");
    }
    for (const item of items) {
      if (typeof item?.key !== "string") {
        return this.#refuse(name, null, "INVALID_KEY", "a key of the batch is not a string");
      }
      if (name === "setMany" && typeof item.value !== "string") {
        return this.#refuse(
          name,
          item.key,
          "INVALID_VALUE",
          "a value of the batch is not a string",
        );
      }
    }
    return null;
  }

  #refuse(
    operation: string,
    key: string | null | undefined,
    code: KvErrorCode,
    message: string,
    cause?: unknown,
  ): KvError {
    const hint = hints[code] ?? "pass what the method's type says";
    return this.#error(
      operation,
      key,
      { code, message, hint, retryable: code === "TIMEOUT" },
      cause,
    );
  }

  #error(
    operation: string,
    key: string | null | undefined,
    failure: Failure,
    cause?: unknown,
  ): KvError {
    const isListing = operation === "list" || operation === "page";
    const ofKey = isListing ? null : (key ?? null);
    return new KvError({ ...failure, store: this.name, operation, key: ofKey, cause });
  }

  #explain(operation: string, key: string | undefined, error: unknown): unknown {
    if (!(error instanceof OperationFailed)) return error;
    return this.#error(operation, key, error.failure, error.cause);
  }
}

function milliseconds(deadlineMs: number | undefined): number {
  if (deadlineMs === undefined) return defaultDeadlineMs;
  return typeof deadlineMs === "number" ? deadlineMs : Number.NaN;
}

function patchFields(
  options: (Options & { readonly version?: string }) | undefined,
): RequestFields {
  return { expiry: options, extra: options?.version };
}

// What is no array is refused as that.
function itemsOf(keys: readonly string[]): readonly RequestItem[] {
  return Array.isArray(keys) ? keys.map((key) => ({ key })) : (keys as never);
}

function nothing(): void {}

function textOrNull(outcome: CallResult): string | null {
  return outcome.isPresent ? outcome.value : null;
}

function bytesOrNull(outcome: CallResult): Uint8Array | null {
  return outcome.isPresent ? outcome.valueBytes : null;
}

function entry({ value, version, expiresAt }: CallResult): Entry {
  return { value, version, expiresAt };
}

function byteEntry({ valueBytes, version, expiresAt }: CallResult): ByteEntry {
  return { value: valueBytes, version, expiresAt };
}

function entryOrNull(outcome: CallResult): Entry | null {
  return outcome.isPresent ? entry(outcome) : null;
}

function byteEntryOrNull(outcome: CallResult): ByteEntry | null {
  return outcome.isPresent ? byteEntry(outcome) : null;
}
