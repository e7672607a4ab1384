// One operation of a step, on a store. What it takes is worked out first, so that the steps of
// `together` start in the same turn.
import type { Finding, JsonValue, KvStore, Outcome } from "../../bindings/contract/contract.ts";
import { KvError } from "../../bindings/contract/errors.ts";
import { operationOf, type Step } from "./suite.ts";
import { itemsOf, jsonTextOf, type Known, keysOf, optionsOf, textOf, versionOf } from "./values.ts";

/** What the byte side of a store does beyond the contract, as HTTP's `If-Match` does. */
export type Conditional = {
  compareAndDelete?(key: string, version: string): Promise<void>;
};

export type TestedStore = KvStore & Conditional;

/** What an operation came to. */
export type Got =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: KvError };

/** A started listing to its end, as the suite compares it. */
export type Paged = { readonly keys: string[]; readonly faults: readonly string[] };

/** The operation of `step` on `store`, ready to be started. Anything thrown but a KvError stays thrown. */
export async function prepare(
  step: Step,
  store: TestedStore,
  known: Known,
): Promise<() => Promise<Got>> {
  const perform = await operation(step, store, known);
  return async () => {
    try {
      return { ok: true, value: await perform() };
    } catch (error) {
      if (error instanceof KvError) return { ok: false, error };
      throw error;
    }
  };
}

async function operation(
  step: Step,
  store: TestedStore,
  known: Known,
): Promise<() => Promise<unknown>> {
  const taken = <T>(value: T | undefined): T => value as T;
  switch (operationOf(step)) {
    case "get": {
      const key = textOf(taken(step.get), known);
      return () => store.get(key);
    }
    case "entry": {
      const key = textOf(taken(step.entry), known);
      return () => store.entry(key);
    }
    case "set": {
      const [key, value, options] = taken(step.set);
      const args = [textOf(key, known), textOf(value, known)] as const;
      const plain = await optionsOf(options, known);
      return () => store.set(...args, plain);
    }
    case "delete": {
      const given = taken(step.delete);
      const [key, options] = Array.isArray(given) ? given : [given, undefined];
      const name = textOf(key, known);
      const { version } = await optionsOf(options, known);
      if (version === undefined) return () => store.delete(name);
      return async () => {
        if (store.compareAndDelete === undefined) throw new Error("the store has no such method");
        return store.compareAndDelete(name, version);
      };
    }
    case "compareAndSet": {
      const [key, version, value, options] = taken(step.compareAndSet);
      const expected = version === null ? null : await versionOf(version, known);
      const args = [textOf(key, known), expected, textOf(value, known)] as const;
      const plain = await optionsOf(options, known);
      return () => store.compareAndSet(...args, plain);
    }
    case "patch": {
      const [key, json, options] = taken(step.patch);
      const name = textOf(key, known);
      const patch = JSON.parse(jsonTextOf(json, known)) as JsonValue;
      const plain = await optionsOf(options, known);
      return () => store.patch(name, patch, plain);
    }
    case "list": {
      const prefix = textOf(taken(step.list), known);
      return () => store.list(prefix);
    }
    case "page": {
      const listing = listingOf(step.page, known);
      return () => store.page(listing);
    }
    case "pages": {
      const listing = listingOf(step.pages, known);
      return () => everyPage(store, listing);
    }
    case "getMany": {
      const keys = keysOf(taken(step.getMany), known);
      return () => store.getMany(keys);
    }
    case "setMany": {
      const items = await itemsOf(taken(step.setMany), known);
      return () => inBatches(items, (some) => store.setMany(some), isWhole(step));
    }
    case "deleteMany": {
      const keys = keysOf(taken(step.deleteMany), known);
      return () => inBatches(keys, (some) => store.deleteMany(some), isWhole(step));
    }
    case "diagnose":
      return async () => (await store.diagnose()).map(({ name }: Finding) => name);
    case "close":
      return () => store.close();
    default:
      throw new Error(`${operationOf(step)} is no operation of a store`);
  }
}

function listingOf(listing: Step["page"], known: Known): Parameters<KvStore["page"]>[0] {
  const { prefix, limit, cursor } = listing ?? {};
  return {
    ...(prefix === undefined ? {} : { prefix: textOf(prefix, known) }),
    ...(limit === undefined ? {} : { limit }),
    ...(cursor === undefined ? {} : { cursor: textOf(cursor, known) }),
  };
}

async function everyPage(store: KvStore, listing: Parameters<KvStore["page"]>[0]): Promise<Paged> {
  const keys: string[] = [];
  const faults: string[] = [];
  for (let from: { cursor?: string } = {}; ; ) {
    const page = await store.page({ ...listing, ...from });
    const limit = listing?.limit ?? 1000;
    if (page.keys.length > limit) faults.push(`a page has ${page.keys.length} keys of ${limit}`);
    keys.push(...page.keys);
    if (page.cursor === null) return { keys, faults };
    from = { cursor: page.cursor };
  }
}

// The contract takes 1,000 keys at once. A batch that is to be refused is sent whole.
const maxBatchKeys = 1000;

function isWhole(step: Step): boolean {
  return step.fails !== undefined;
}

async function inBatches<Item, Result>(
  items: readonly Item[],
  send: (some: readonly Item[]) => Promise<Outcome<Result>[]>,
  whole: boolean,
): Promise<Outcome<Result>[]> {
  if (whole || items.length <= maxBatchKeys) return send(items);
  const outcomes: Outcome<Result>[] = [];
  for (let at = 0; at < items.length; at += maxBatchKeys) {
    outcomes.push(...(await send(items.slice(at, at + maxBatchKeys))));
  }
  return outcomes;
}
