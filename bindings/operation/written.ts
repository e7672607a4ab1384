// What a write of text tells. Its version is computed when it is first read: hashing costs as much as the
// write itself, and most callers never look.

import { scratchBytes } from "../boundary/linear-memory.ts";
import { RoomRefused, reserve } from "../boundary/reserve.ts";
import type { Written } from "../contract/contract.ts";
import { KvError } from "../contract/errors.ts";
import type { OpenStore } from "./open-store.ts";

const encoder = new TextEncoder();

/** `version` is the object's own and enumerable, so that spreading, JSON and RPC read it. */
export function writtenText(store: OpenStore, value: string, expiresAt: number | null): Written {
  const written = { expiresAt };
  new LazyVersion(written, store, value);
  // Makes it enumerable and configurable, as `Object.defineProperty` would in half as much time again.
  defineGetter.call(written, "version", lazyVersion);
  return written as typeof written & Written;
}

class Stamped {
  constructor(written: object) {
    // biome-ignore lint/correctness/noConstructorReturn: what follows is stamped onto that object.
    return written;
  }
}

// The private fields are put on the object that is told. A getter that closes over its value would be
// another one for each object, for which V8 makes a hidden class each time: 216 ns instead of 79.
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
