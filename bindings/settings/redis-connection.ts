// What both clients have in common: a store that owns its client, and the wait for the connection.
import type { ByteStore } from "../contract/bytes.ts";

/**
 * A store over a client of its own. `settled` is when the client has connected or has failed for the
 * first time, or a while after: it never rejects, because the store's operations tell what is wrong.
 */
export type RedisConnection = { readonly store: ByteStore; readonly settled: Promise<void> };

const longestWaitMs = 5000;

/** The store, whose `close` ends the client too. */
export function closingWith(store: ByteStore, end: () => unknown): ByteStore {
  const close = store.close.bind(store);
  return Object.assign(store, {
    close: async () => {
      await close();
      await end();
    },
  });
}

/** Resolves when `listen` has called what it is given, or after a while. */
export function settledWithin(listen: (done: () => void) => void): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, longestWaitMs);
  listen(() => {
    clearTimeout(timer);
    resolve();
  });
  return promise;
}
