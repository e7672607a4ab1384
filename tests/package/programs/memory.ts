// A program with nothing but kvista/memory: no client, and no types of Node or of Cloudflare.
import { KvError, type KvStore, memoryKvStore } from "kvista/memory";

export async function firstCode(): Promise<string | null> {
  const store: KvStore = memoryKvStore({ maxBytes: 1_000_000 });
  await store.set("upload:1", "{}", { ttlSeconds: 60 });
  try {
    await store.get("");
    return null;
  } catch (error) {
    return error instanceof KvError ? error.code : null;
  } finally {
    await store[Symbol.asyncDispose]();
  }
}
