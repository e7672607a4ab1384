// A store as an RPC target: what a Worker gets that has the binding and nothing else.
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
 * The contract's methods over RPC, but for `keys` (async iterables do not cross it: go on with `page`
 * from its cursor) and `close` (a caller has nothing to close). A failure rejects with an error that
 * has the own properties of a `KvError`; `instanceof KvError` does not survive. Values are text here:
 * one that a message cannot hold (over 15 Mi characters, one of them beyond U+00FF) is `TOO_LARGE`.
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
    return this.#tell("get", async (store) => {
      const value = await store.get(key, call);
      requireSendable([value], this.#name, "get", key);
      return value;
    });
  }

  entry(key: string, call?: Call): Promise<Entry | null> {
    return this.#tell("entry", async (store) => {
      const entry = await store.entry(key, call);
      requireSendable([entry?.value ?? null], this.#name, "entry", key);
      return entry;
    });
  }

  set(key: string, value: string, options?: Expiry & Call): Promise<Written> {
    return this.#tell("set", async (store) => writtenOf(await store.set(key, value, options)));
  }

  compareAndSet(
    key: string,
    version: string | null,
    value: string,
    options?: Expiry & Call,
  ): Promise<Written> {
    return this.#tell("compareAndSet", async (store) =>
      writtenOf(await store.compareAndSet(key, version, value, options)),
    );
  }

  /** The merged value is at most a few MiB: it always fits a message. */
  patch(key: string, mergePatch: JsonValue, options?: Expiry & Call): Promise<Entry> {
    return this.#tell("patch", (store) => store.patch(key, mergePatch, options));
  }

  delete(key: string, call?: Call): Promise<void> {
    return this.#tell("delete", (store) => store.delete(key, call));
  }

  list(prefix?: string, call?: Call): Promise<string[]> {
    return this.#tell("list", async (store) => {
      const keys = await store.list(prefix, call);
      requireSendable(keys, this.#name, "list", null);
      return keys;
    });
  }

  page(options?: Parameters<KvStore["page"]>[0]): Promise<Page> {
    return this.#tell("page", (store) => store.page(options));
  }

  getMany(keys: readonly string[], call?: Call): Promise<(string | null)[]> {
    return this.#tell("getMany", async (store) => {
      const values = await store.getMany(keys, call);
      requireSendable(values, this.#name, "getMany", null);
      return values;
    });
  }

  setMany(
    entries: readonly ({ readonly key: string; readonly value: string } & Expiry)[],
    call?: Call,
  ): Promise<Outcome<Written>[]> {
    return this.#tell("setMany", async (store) =>
      (await store.setMany(entries, call)).map((one) => this.#sendable("setMany", one, writtenOf)),
    );
  }

  deleteMany(keys: readonly string[], call?: Call): Promise<Outcome<void>[]> {
    return this.#tell("deleteMany", async (store) =>
      (await store.deleteMany(keys, call)).map((one) => this.#sendable("deleteMany", one, nothing)),
    );
  }

  diagnose(): Promise<Finding[]> {
    return this.#tell("diagnose", (store) => store.diagnose());
  }

  async #tell<T>(operation: string, perform: (store: KvStore) => Promise<T>): Promise<T> {
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
