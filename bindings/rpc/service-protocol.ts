// The messages that cross the service binding to `KvService`. Outcomes cross as values, because RPC
// does not keep the class of an error. Stored values cross as UTF-8 bytes: as a string, 17 million
// ASCII characters and one `€` take 34 MB, and a message may have 32 MiB.

import type { ByteEntry } from "../contract/bytes.ts";
import type { Capabilities, Expiry, Finding, Page, Written } from "../contract/contract.ts";
import type { KvErrorFields } from "../contract/errors.ts";

/** The options of a call that cross RPC. */
export type ServiceOptions = Expiry & { readonly deadlineMs?: number; readonly version?: string };

/**
 * A value on its way to the service: bytes; or the string itself if it is not well-formed, for the
 * core to refuse.
 */
export type ServiceValue = Uint8Array | string;

/** One key of a `setMany`. */
export type ServiceItem = { readonly key: string; readonly value: ServiceValue } & Expiry;

/** An outcome as a value. */
export type ServiceOutcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: KvErrorFields };

/** The operations that `perform` takes, by name. `delete` with a `version` is a conditional delete. */
export type ServiceOperations = {
  get(key: string, options: ServiceOptions): Uint8Array | null;
  entry(key: string, options: ServiceOptions): ByteEntry | null;
  set(key: string, value: ServiceValue, options: ServiceOptions): Written;
  compareAndSet(
    key: string,
    version: string | null,
    value: ServiceValue,
    options: ServiceOptions,
  ): Written;
  patch(key: string, mergePatch: Uint8Array, options: ServiceOptions): ByteEntry;
  delete(key: string, options: ServiceOptions): null;
  list(prefix: string, options: ServiceOptions): string[];
  page(options: ServiceOptions & { prefix?: string; limit?: number; cursor?: string }): Page;
  /** The values of the first of the keys, as many as fit one message, and at least one. */
  getMany(keys: readonly string[], options: ServiceOptions): (Uint8Array | null)[];
  setMany(items: readonly ServiceItem[], options: ServiceOptions): ServiceOutcome<Written>[];
  deleteMany(keys: readonly string[], options: ServiceOptions): ServiceOutcome<null>[];
  diagnose(): Finding[];
};

export type ServiceOperation = keyof ServiceOperations;

/** The method of a service binding to `KvService` that `serviceKvStore` calls. */
export type KvServiceBinding = {
  perform(
    store: string,
    namespace: string,
    operation: ServiceOperation,
    args: readonly unknown[],
  ): Promise<unknown>;
};

const all: Capabilities = {
  compareAndSet: true,
  patch: true,
  linearizableReads: true,
  expiry: true,
  orderedPages: true,
};

/**
 * The capabilities of the Worker's stores, so that a client knows them without a call. A test compares them
 * with the stores.
 */
export const servedCapabilities = {
  memory: all,
  do: all,
  redis: { ...all, orderedPages: false },
  kv: { ...all, compareAndSet: false, patch: false, linearizableReads: false },
} as const satisfies { readonly [store: string]: Capabilities };

/** The most bytes of values in one message: 32 MiB, less room for keys and framing. */
export const maxMessageBytes = 30 * 1024 * 1024;
