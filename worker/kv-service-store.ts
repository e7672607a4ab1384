// A store as an RPC target, for a Worker that has the binding but not this package.
import { RpcTarget } from "cloudflare:workers";
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
} from "../bindings/contract/contract.ts";
import { requireSendable } from "../bindings/rpc/service-messages.ts";
import { writtenOf } from "../bindings/rpc/service-operations.ts";
import { rpcErrorOf } from "./service-errors.ts";

/**
 * The methods of the contract over RPC, without `keys` (async iterables do not cross RPC: use
 * `page` and its cursor) and without `close` (the caller has nothing to close). A failure rejects
 * with an error that has the own properties of a `KvError`, but `instanceof KvError` is false.
 * Values are text here: a value that a message cannot hold (over 15 Mi characters, if one of them
 * is beyond U+00FF) fails with `TOO_LARGE`.
 */
export class KvServiceStore extends RpcTarget {
  readonly #name: string;
  readonly #store: KvStore;

  constructor(name: string, store: KvStore) {
    super();
    this.#name = name;
    this.#store = store;
  }

  get name(): string {
    return this.#store.name;
  }

  get capabilities(): Capabilities {
    return this.#store.capabilities;
  }

  get(key: string, call?: Call): Promise<string | null> {
    return this.#perform("get", async (store) => {
      const value = await store.get(key, call);
      requireSendable([value], this.#name, "get", key);
      return value;
    });
  }

  entry(key: string, call?: Call): Promise<Entry | null> {
    return this.#perform("entry", async (store) => {
      const entry = await store.entry(key, call);
      requireSendable([entry?.value ?? null], this.#name, "entry", key);
      return entry;
    });
  }

  set(key: string, value: string, options?: Expiry & Call): Promise<Written> {
    return this.#perform("set", async (store) => writtenOf(await store.set(key, value, options)));
  }

  compareAndSet(
    key: string,
    version: string | null,
    value: string,
    options?: Expiry & Call,
  ): Promise<Written> {
    return this.#perform("compareAndSet", async (store) =>
      writtenOf(await store.compareAndSet(key, version, value, options)),
    );
  }

  /** The new value has at most a few MiB, so it always fits one message. */
  patch(key: string, mergePatch: JsonValue, options?: Expiry & Call): Promise<Entry> {
    return this.#perform("patch", (store) => store.patch(key, mergePatch, options));
  }

  delete(key: string, call?: Call): Promise<void> {
    return this.#perform("delete", (store) => store.delete(key, call));
  }

  list(prefix?: string, call?: Call): Promise<string[]> {
    return this.#perform("list", async (store) => {
      const keys = await store.list(prefix, call);
      requireSendable(keys, this.#name, "list", null);
      return keys;
    });
  }

  page(options?: Parameters<KvStore["page"]>[0]): Promise<Page> {
    return this.#perform("page", (store) => store.page(options));
  }

  getMany(keys: readonly string[], call?: Call): Promise<(string | null)[]> {
    return this.#perform("getMany", async (store) => {
      const values = await store.getMany(keys, call);
      requireSendable(values, this.#name, "getMany", null);
      return values;
    });
  }

  setMany(
    entries: readonly ({ readonly key: string; readonly value: string } & Expiry)[],
    call?: Call,
  ): Promise<Outcome<Written>[]> {
    return this.#perform("setMany", async (store) =>
      (await store.setMany(entries, call)).map((one) => this.#sendable("setMany", one, writtenOf)),
    );
  }

  deleteMany(keys: readonly string[], call?: Call): Promise<Outcome<void>[]> {
    return this.#perform("deleteMany", async (store) =>
      (await store.deleteMany(keys, call)).map((one) => this.#sendable("deleteMany", one, nothing)),
    );
  }

  diagnose(): Promise<Finding[]> {
    return this.#perform("diagnose", (store) => store.diagnose());
  }

  async #perform<T>(operation: string, perform: (store: KvStore) => Promise<T>): Promise<T> {
    try {
      return await perform(this.#store);
    } catch (error) {
      throw rpcErrorOf(error, this.#name, operation);
    }
  }

  #sendable<T>(operation: string, outcome: Outcome<T>, value: (result: T) => T): Outcome<T> {
    if (outcome.ok) return { ok: true, value: value(outcome.value) };
    return { ok: false, error: rpcErrorOf(outcome.error, this.#name, operation) };
  }
}

function nothing(): void {}
