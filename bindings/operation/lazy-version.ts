// The result of a write of text, whose version is computed when it is first read: hashing takes as long as
// the write itself, and most callers never read the version.

import { scratchBytes } from "../boundary/linear-memory.ts";
import { RoomRefused, reserve } from "../boundary/reserve.ts";
import type { Written } from "../contract/contract.ts";
import { KvError } from "../contract/errors.ts";
import type { OpenStore } from "./open-store.ts";

const encoder = new TextEncoder();

/** Its `version` is an own and enumerable property, so that spreading, JSON and RPC read it. */
export function writtenText(store: OpenStore, value: string, expiresAt: number | null): Written {
  const written = { expiresAt };
  new LazyVersion(written, store, value);
  // As `Object.defineProperty` with an enumerable and configurable getter, which is slower.
  defineGetter.call(written, "version", lazyVersion);
  return written as typeof written & Written;
}

class Stamped {
  constructor(written: object) {
    // biome-ignore lint/correctness/noConstructorReturn: the subclass puts its private fields onto it.
    return written;
  }
}

// Puts private fields onto the result. A getter with a closure would be a new function for each result,
// and V8 would make a hidden class for each, which takes three times as long.
class LazyVersion extends Stamped {
  readonly #store: OpenStore;
  readonly #value: string;
  #known: string | undefined;

  constructor(written: object, store: OpenStore, value: string) {
    super(written);
    this.#store = store;
    this.#value = value;
  }

  static of(written: LazyVersion): string {
    written.#known ??= versionOf(written.#store, written.#value);
    return written.#known;
  }
}

function lazyVersion(this: LazyVersion): string {
  return LazyVersion.of(this);
}

type DefineGetter = (this: object, name: string, getter: (this: never) => unknown) => void;
const { __defineGetter__: defineGetter } = Object.prototype as unknown as {
  __defineGetter__: DefineGetter;
};

function versionOf({ core, name }: OpenStore, value: string): string {
  const { instance } = core;
  let address = instance.scratch;
  let length: number;
  if (3 * value.length <= scratchBytes) {
    const room = instance.bytes.subarray(address, address + scratchBytes);
    length = encoder.encodeInto(value, room).written;
  } else {
    const bytes = encoder.encode(value);
    length = bytes.length;
    try {
      address = reserve(instance, length);
    } catch (error) {
      if (!(error instanceof RoomRefused)) throw error;
      const { failure } = instance.lastResult;
      throw new KvError({ ...failure, store: name, operation: "version", key: null });
    }
    instance.bytes.set(bytes, address);
  }
  instance.guard((exports) => exports.kv_version(address, length));
  return instance.lastResult.version;
}
