// Checks the types of the arguments of a call. The core sees bytes, so only JavaScript can notice an
// argument of a wrong type; every other rule is the core's.
import type { OpName } from "../boundary/op.ts";
import type { RequestFields } from "../boundary/request.ts";
import type { KvError } from "../contract/errors.ts";
import { refusal } from "./store-error.ts";

/** The error of the first argument that has a wrong type, or `null`. */
export function wrongArgument(store: string, name: OpName, fields: RequestFields): KvError | null {
  const { key, value, extra, items } = fields;
  if (typeof key !== "string" && "key" in fields) {
    return refusal(store, name, null, "INVALID_KEY", "the key is not a string");
  }
  if (typeof value !== "string" && "value" in fields && !(value instanceof Uint8Array)) {
    return refusal(store, name, key, "INVALID_VALUE", "the value is not a string");
  }
  if (extra !== undefined && extra !== null && typeof extra !== "string") {
    const message = "a version or cursor is not a string";
    return refusal(store, name, key, "INVALID_ARGUMENT", message);
  }
  if (items === undefined && !("items" in fields)) return null;
  return wrongItem(store, name, items);
}

function wrongItem(store: string, name: OpName, items: RequestFields["items"]): KvError | null {
  if (!Array.isArray(items)) {
    return refusal(store, name, null, "INVALID_ARGUMENT", "the batch is not an array");
  }
  for (const item of items) {
    if (typeof item?.key !== "string") {
      return refusal(store, name, null, "INVALID_KEY", "a key of the batch is not a string");
    }
    if (name === "setMany" && typeof item.value !== "string") {
      const message = "a value of the batch is not a string";
      return refusal(store, name, item.key, "INVALID_VALUE", message);
    }
  }
  return null;
}
