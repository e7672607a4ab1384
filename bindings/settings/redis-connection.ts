// What both clients share: a store that owns its client, and the wait for the first connection.
import type { ByteStore } from "../contract/bytes.ts";

/**
 * A store with its own client. `settled` resolves when the client has connected or failed for the
 * first time, or after a while. It never rejects: the store's operations fail with the reason.
 */
export type RedisConnection = { readonly store: ByteStore; readonly settled: Promise<void> };

const longestWaitMs = 5000;

/** The same store, whose `close` then also ends the client. */
export function closingWith(store: ByteStore, end: () => unknown): ByteStore {
  const close = store.close.bind(store);
  return Object.assign(store, {
    close: async () => {
      await close();
      await end();
    },
  });
}

/** Resolves when `listen` calls its argument, or after a while. */
export function settledWithin(listen: (done: () => void) => void): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, longestWaitMs);
  listen(() => {
    clearTimeout(timer);
    resolve();
  });
  return promise;
}
