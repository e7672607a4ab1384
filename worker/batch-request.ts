// Checks the shape of a batch's body. It does so by hand, because the few rules for three arrays
// take less code than a schema library. The core decides for each key whether key, value and expiry
// are valid.
//
//   {"set":[{"key":…,"value":…,"ttlSeconds":…?,"expiresAt":…?}],"delete":[key],"get":[key]}
import type { Expiry } from "../bindings/contract/contract.ts";
import { HttpError } from "./problem.ts";

export type BatchSet = { readonly key: string; readonly value: string } & Expiry;

export type Batch = {
  readonly set: readonly BatchSet[];
  readonly delete: readonly string[];
  readonly get: readonly string[];
};

const maxBatchKeys = 100;
const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

/**
 * The batch in a body. Throws a 400 if the body is not UTF-8, not JSON or of another shape, and a
 * 413 if it has more than 100 keys.
 */
export function batchOf(body: Uint8Array): Batch {
  const members = membersOf(parsed(body), "the batch", ["set", "delete", "get"]);
  const batch = {
    set: arrayOf(members, "set").map(setOf),
    delete: arrayOf(members, "delete").map((key, i) => keyOf(key, `delete[${i}]`)),
    get: arrayOf(members, "get").map((key, i) => keyOf(key, `get[${i}]`)),
  };
  const keys = batch.set.length + batch.delete.length + batch.get.length;
  if (keys > maxBatchKeys) {
    const message = `the batch has ${keys} keys; the limit is ${maxBatchKeys}`;
    throw new HttpError("TOO_LARGE", message, "split it into several batches");
  }
  requireDistinct([...batch.set.map(({ key }) => key), ...batch.delete]);
  return batch;
}

function parsed(body: Uint8Array): unknown {
  let text: string;
  try {
    text = strictUtf8.decode(body);
  } catch {
    throw new HttpError("INVALID_VALUE", "the body is not UTF-8", "send the batch as UTF-8");
  }
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own error is dropped: its message quotes the text.
    throw invalid("the body is not JSON", "send one JSON object");
  }
}

function setOf(item: unknown, i: number): BatchSet {
  const at = `set[${i}]`;
  const names = ["key", "value", "ttlSeconds", "expiresAt"];
  const { key, value, ttlSeconds, expiresAt } = membersOf(item, at, names);
  if (typeof value !== "string") throw invalid(`${at}.value is no string`, "a value is text");
  return {
    key: keyOf(key, `${at}.key`),
    value,
    ...numberOf(ttlSeconds, "ttlSeconds", at),
    ...numberOf(expiresAt, "expiresAt", at),
  };
}

function membersOf(
  value: unknown,
  at: string,
  names: readonly string[],
): { readonly [name: string]: unknown } {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalid(`${at} is no object`, `give an object of ${names.join(", ")}`);
  }
  if (!Object.keys(value).every((name) => names.includes(name))) {
    throw invalid(`${at} has an unknown member`, `known: ${names.join(", ")}`);
  }
  return value as { [name: string]: unknown };
}

function arrayOf(members: { readonly [name: string]: unknown }, name: string): unknown[] {
  const array = members[name] ?? [];
  if (!Array.isArray(array)) throw invalid(`${name} is no array`, "leave it out if it is empty");
  return array;
}

function keyOf(key: unknown, at: string): string {
  if (typeof key !== "string") throw invalid(`${at} is no string`, "a key is text");
  return key;
}

function numberOf(value: unknown, name: "ttlSeconds" | "expiresAt", at: string): Expiry {
  if (value === undefined) return {};
  if (typeof value !== "number") throw invalid(`${at}.${name} is no number`, "give whole seconds");
  return { [name]: value };
}

function requireDistinct(written: readonly string[]): void {
  const seen = new Set<string>();
  for (const key of written) {
    if (seen.has(key)) {
      const hint = "a batch writes or deletes each key once; its order is set, delete, get";
      throw new HttpError("INVALID_ARGUMENT", "a key is written twice", hint, { key });
    }
    seen.add(key);
  }
}

function invalid(message: string, hint: string): HttpError {
  return new HttpError("INVALID_ARGUMENT", message, hint);
}
