// Records over a store: each an object under its id, checked by the core on its way in and out, and
// changed by a merge that the store makes in one atomic step. Which fields a record has and how they
// merge is the core's (wasm/records/record.h); this file knows neither.
import type { Call, Expiry, JsonValue, KvStore } from "../contract/contract.ts";
import { KvError, type KvErrorCode } from "../contract/errors.ts";
import type { RecordKind, RecordUse } from "../contract/record-use.ts";

export type RecordOptions = {
  /** What stands before the ids in keys; by default Uploadista's own prefix for these records. */
  readonly prefix?: string;
  /** Seconds after its last write at which a record disappears; by default never. */
  readonly expireAfter?: number;
};

/** A change of a record: `null` removes an optional field, objects merge, everything else replaces. */
export type RecordChange<T> = T extends readonly unknown[] | Date
  ? T
  : T extends object
    ? { readonly [K in keyof T]?: RecordChange<T[K]> | null }
    : T;

export type UpdateOptions = Call & {
  /** Sets fields that else only grow or end (an offset, parts, a final status) to what is given. */
  readonly rewinds?: boolean;
};

export type RecordFilter<Status> = {
  readonly status?: Status;
  /** Only records that were last changed (for uploads: created) before it. */
  readonly olderThan?: Date;
  /** What the ids begin with. */
  readonly prefix?: string;
};

/** What a kind of record is to this side: its name, and what of it a filter looks at. */
export type RecordTraits<T, Status> = {
  readonly kind: RecordKind;
  readonly prefix: string;
  readonly parse: (text: string) => T;
  readonly statusOf: (record: T) => Status;
  readonly changedAt: (record: T) => Date | undefined;
};

const recordsAtOnce = 100;
// What a store answers to a batch that is too much at once, and not to one of its keys alone.
const refusesTogether: readonly KvErrorCode[] = ["TOO_LARGE", "RATE_LIMITED", "OUT_OF_MEMORY"];

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

  /** Writes a new record; `VERSION_MISMATCH` if its id has one, `INVALID_VALUE` names a wrong field. */
  async create(record: T, call: Call = {}): Promise<T> {
    const key = this.#keyOf(record?.id, "create");
    const text = this.#textOf(record, "create", key);
    const options = this.#use({ ...call, ...this.#expiry });
    await this.#store.compareAndSet(key, null, text, options);
    return this.#traits.parse(text);
  }

  /** The record, or `null`; `CORRUPT` if what is stored there is none. */
  async get(id: string, call: Call = {}): Promise<T | null> {
    const text = await this.#store.get(this.#keyOf(id, "get"), this.#use(call));
    return text === null ? null : this.#traits.parse(text);
  }

  /**
   * Merges the change into the record, whatever others write meanwhile, and gives the result. Fields
   * that it does not name keep what they have. `NOT_FOUND` if there is no record.
   */
  async update(id: string, change: RecordChange<T>, options: UpdateOptions = {}): Promise<T> {
    const { rewinds, ...call } = options;
    const use = this.#use({ ...call, ...this.#expiry }, rewinds ? { rewinds } : {});
    const key = this.#keyOf(id, "update");
    const { value } = await this.#store.patch(key, change as JsonValue, use);
    return this.#traits.parse(value);
  }

  /** A record that is absent already is no error. */
  async delete(id: string, call: Call = {}): Promise<void> {
    await this.#store.delete(this.#keyOf(id, "delete"), call);
  }

  /**
   * The records that the filter lets through, by id. Over 100,000 ids it fails with `TOO_LARGE`: give
   * a `prefix`. One that is no record fails the listing with `CORRUPT`, which names its key.
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
    for (let at = 0; at < keys.length; at += recordsAtOnce) {
      for (const record of await this.#read(keys.slice(at, at + recordsAtOnce), call)) {
        if (status !== undefined && statusOf(record) !== status) continue;
        if (olderThan !== undefined && !isBefore(changedAt(record), olderThan)) continue;
        found.push(record);
      }
    }
    return found;
  }

  async #read(keys: readonly string[], call: Call): Promise<T[]> {
    const values = await this.#store.getMany(keys, this.#use(call)).catch((error: unknown) => {
      if (!(error instanceof KvError) || !refusesTogether.includes(error.code)) throw error;
      return this.#readOneByOne(keys, call);
    });
    // What went between the listing and the reading is not there any more.
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

/** The store itself, or `UNSUPPORTED` if it cannot change a value atomically. */
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

// A record without the moment is in no listing by age.
function isBefore(moment: Date | undefined, limit: Date): boolean {
  return moment !== undefined && moment.getTime() < limit.getTime();
}
