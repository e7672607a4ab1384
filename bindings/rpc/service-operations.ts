// Performs the service's operations on a store, with values as bytes: the other end of service-client.ts.

import type { ByteStore } from "../contract/bytes.ts";
import type { Outcome, Written } from "../contract/contract.ts";
import { readMany } from "./read-many.ts";
import { requireSendable, textOf } from "./service-messages.ts";
import {
  maxMessageBytes,
  type ServiceOperation,
  type ServiceOperations,
  type ServiceOutcome,
} from "./service-protocol.ts";

type Performed = {
  readonly [K in ServiceOperation]: (
    store: ByteStore,
    ...args: Parameters<ServiceOperations[K]>
  ) => Promise<ReturnType<ServiceOperations[K]>>;
};

// A value that did not arrive as bytes is not well-formed text: the store refuses it.
const performed: Performed = {
  get: (store, key, options) => store.getBytes(key, options),
  entry: (store, key, options) => store.entryBytes(key, options),
  set: async (store, key, value, options) =>
    writtenOf(
      value instanceof Uint8Array
        ? await store.setBytes(key, value, options)
        : await store.set(key, value, options),
    ),
  compareAndSet: async (store, key, version, value, options) =>
    writtenOf(
      value instanceof Uint8Array
        ? await store.compareAndSetBytes(key, version, value, options)
        : await store.compareAndSet(key, version, value, options),
    ),
  patch: (store, key, mergePatch, options) => store.patchBytes(key, mergePatch, options),
  delete: async (store, key, { version, ...options }) => {
    if (version === undefined) await store.delete(key, options);
    else await store.compareAndDelete(key, version, options);
    return null;
  },
  list: async (store, prefix, options) => {
    const keys = await store.list(prefix, options);
    requireSendable(keys, store.name, "list", null);
    return keys;
  },
  page: (store, options) => store.page(options),
  getMany: async (store, keys, options) => {
    if (keys.length === 0) return [];
    return (await readMany(store, keys, maxMessageBytes, options)).map((one) => {
      if ("error" in one) throw one.error;
      return one.value;
    });
  },
  setMany: async (store, items, options) => {
    const entries = items.map(({ value, ...item }) => ({ ...item, value: storedText(value) }));
    return (await store.setMany(entries, options)).map((one) => serviceOutcomeOf(one, writtenOf));
  },
  deleteMany: async (store, keys, options) =>
    (await store.deleteMany(keys, options)).map((one) => serviceOutcomeOf(one, () => null)),
  diagnose: (store) => store.diagnose(),
};

/** The result of a write as plain data: a store may compute the version only when it is read. */
export function writtenOf({ version, expiresAt }: Written): Written {
  return { version, expiresAt };
}

/** Performs the operation of that name with the arguments that the caller sent; throws if there is none. */
export async function performOn(
  store: ByteStore,
  operation: ServiceOperation,
  args: readonly unknown[],
): Promise<unknown> {
  if (!Object.hasOwn(performed, operation)) throw new TypeError("there is no such operation");
  const perform = performed[operation] as (
    store: ByteStore,
    ...args: unknown[]
  ) => Promise<unknown>;
  return perform(store, ...args);
}

function storedText(value: Uint8Array | string): string {
  return value instanceof Uint8Array ? textOf(value) : value;
}

function serviceOutcomeOf<T, W>(outcome: Outcome<T>, value: (result: T) => W): ServiceOutcome<W> {
  if (outcome.ok) return { ok: true, value: value(outcome.value) };
  return { ok: false, error: outcome.error.toJSON() };
}
