// Records in a store. Each is a JSON object under its id. The core checks it on its way in and out, and the
// store merges a change into it in one atomic step. The core knows the fields and how they merge
// (wasm/records/record.h); this file does not.
import type { Call, Expiry, JsonValue, KvStore } from "../contract/contract.ts";
import { KvError, type KvErrorCode } from "../contract/errors.ts";
import type { RecordKind, RecordUse } from "../contract/record-use.ts";

export type RecordOptions = {
  /** The prefix before the ids in keys; by default Uploadista's own prefix for these records. */
  readonly prefix?: string;
  /** A record expires this many seconds after its last write; by default it does not expire. */
  readonly expireAfter?: number;
};

/**
 * A change of a record: `null` removes an optional field, an object is merged into the field's object, and
 * every other value replaces the field's value.
 */
export type RecordChange<T> = T extends readonly unknown[] | Date
  ? T
  : T extends object
    ? { readonly [K in keyof T]?: RecordChange<T[K]> | null }
    : T;

export type UpdateOptions = Call & {
  /** Sets fields to the given values that otherwise only grow or end: an offset, parts, a final status. */
  readonly rewinds?: boolean;
};

export type RecordFilter<Status> = {
  readonly status?: Status;
  /** Only records that were last changed before that moment; for uploads: that were created before it. */
  readonly olderThan?: Date;
  /** Only records whose ids begin with it. */
  readonly prefix?: string;
};

/** A kind of record: its name, its prefix, and how a filter reads it. */
export type RecordTraits<T, Status> = {
  readonly kind: RecordKind;
  readonly prefix: string;
  readonly parse: (text: string) => T;
  readonly statusOf: (record: T) => Status;
  readonly changedAt: (record: T) => Date | undefined;
};

const batchSize = 100;
// The codes with which a store refuses a batch that is too large, although it may accept its keys
// one by one.
const batchRefusals: readonly KvErrorCode[] = ["TOO_LARGE", "RATE_LIMITED", "OUT_OF_MEMORY"];

export class RecordStore<T extends { readonly id: string }, Status> {
  readonly #store: KvStore;
  readonly #traits: RecordTraits<T, Status>;
  readonly #prefix: string;
  readonly #expiry: Expiry;

  constructor(store: KvStore, traits: RecordTraits<T, Status>, options: RecordOptions) {
    this.#store = requireRecords(store);
    this.#traits = traits;
    this.#prefix = options.prefix ?? traits.prefix;
    const { expireAfter } = options;
    this.#expiry = expireAfter === undefined ? {} : { ttlSeconds: expireAfter };
  }

  /**
   * Writes a new record, and resolves with it. Rejects with `VERSION_MISMATCH` if the id has a
   * record already, and with `INVALID_VALUE`, which names the field, if a field is wrong.
   */
  async create(record: T, call: Call = {}): Promise<T> {
    const key = this.#keyOf(record?.id, "create");
    const text = this.#textOf(record, "create", key);
    const options = this.#use({ ...call, ...this.#expiry });
    await this.#store.compareAndSet(key, null, text, options);
    return this.#traits.parse(text);
  }

  /** The record, or `null` if there is none. Rejects with `CORRUPT` if the stored value is not a record. */
  async get(id: string, call: Call = {}): Promise<T | null> {
    const text = await this.#store.get(this.#keyOf(id, "get"), this.#use(call));
    return text === null ? null : this.#traits.parse(text);
  }

  /**
   * Merges the change into the record in one atomic step, and resolves with the new record. Fields that the
   * change does not name keep their values. Rejects with `NOT_FOUND` if there is no record.
   */
  async update(id: string, change: RecordChange<T>, options: UpdateOptions = {}): Promise<T> {
    const { rewinds, ...call } = options;
    const use = this.#use({ ...call, ...this.#expiry }, rewinds ? { rewinds } : {});
    const key = this.#keyOf(id, "update");
    const { value } = await this.#store.patch(key, change as JsonValue, use);
    return this.#traits.parse(value);
  }

  /** Deletes the record. It also succeeds if there was none. */
  async delete(id: string, call: Call = {}): Promise<void> {
    await this.#store.delete(this.#keyOf(id, "delete"), call);
  }

  /**
   * The records that match the filter, sorted by id. Rejects with `TOO_LARGE` if there are more
   * than 100,000 ids; a `prefix` selects fewer. Rejects with `CORRUPT`, which has the key, if a
   * stored value is not a record.
   */
  async list(filter: RecordFilter<Status> = {}, call: Call = {}): Promise<T[]> {
    const { status, olderThan } = filter;
    if (olderThan !== undefined && !isMoment(olderThan)) {
      const message = "olderThan is no date";
      throw this.#error("INVALID_ARGUMENT", message, "list", null, "pass a Date that is valid");
    }
    const { statusOf, changedAt } = this.#traits;
    const keys = await this.#store.list(this.#prefix + (filter.prefix ?? ""), call);
    const found: T[] = [];
    for (let at = 0; at < keys.length; at += batchSize) {
      for (const record of await this.#read(keys.slice(at, at + batchSize), call)) {
        if (status !== undefined && statusOf(record) !== status) continue;
        if (olderThan !== undefined && !isBefore(changedAt(record), olderThan)) continue;
        found.push(record);
      }
    }
    return found;
  }

  async #read(keys: readonly string[], call: Call): Promise<T[]> {
    const values = await this.#store.getMany(keys, this.#use(call)).catch((error: unknown) => {
      if (!(error instanceof KvError) || !batchRefusals.includes(error.code)) throw error;
      return this.#readOneByOne(keys, call);
    });
    // A record that was deleted after the listing has no value.
    return values.filter((value) => value !== null).map(this.#traits.parse);
  }

  async #readOneByOne(keys: readonly string[], call: Call): Promise<(string | null)[]> {
    const values: (string | null)[] = [];
    for (const key of keys) values.push(await this.#store.get(key, this.#use(call)));
    return values;
  }

  #use<C extends Call>(call: C, how: Omit<RecordUse, "record"> = {}): C & RecordUse {
    return { ...call, ...how, record: this.#traits.kind };
  }

  #keyOf(id: unknown, operation: string): string {
    if (typeof id === "string" && id !== "") return this.#prefix + id;
    throw this.#error("INVALID_KEY", "the id is no text, or empty", operation, null, "pass an id");
  }

  #textOf(record: T, operation: string, key: string): string {
    try {
      return JSON.stringify(record);
    } catch (cause) {
      const message = "the record cannot be written as JSON";
      const hint = "pass what JSON.stringify takes: no BigInt, and no cycle";
      throw this.#error("INVALID_VALUE", message, operation, key, hint, cause);
    }
  }

  #error(
    code: KvErrorCode,
    message: string,
    operation: string,
    key: string | null,
    hint: string,
    cause?: unknown,
  ): KvError {
    const { name: store } = this.#store;
    return new KvError({ code, message, store, operation, key, retryable: false, hint, cause });
  }
}

/** Returns the store; throws `UNSUPPORTED` if it cannot change a value atomically. */
export function requireRecords<Store extends KvStore>(store: Store): Store {
  const { compareAndSet, patch } = store.capabilities;
  if (compareAndSet && patch) return store;
  throw new KvError({
    code: "UNSUPPORTED",
    message: `records cannot be kept in ${store.name}: it cannot change a value atomically`,
    store: store.name,
    operation: "open",
    key: null,
    retryable: false,
    hint: "keep them in memory, Redis (a whole client, not four methods), Durable Objects or a directory",
  });
}

function isMoment(value: unknown): boolean {
  return value instanceof Date && !Number.isNaN(value.getTime());
}

// A record without a moment matches no filter by age.
function isBefore(moment: Date | undefined, limit: Date): boolean {
  return moment !== undefined && moment.getTime() < limit.getTime();
}
