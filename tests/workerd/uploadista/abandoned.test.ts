// An upload that nobody goes on with disappears by itself from Workers KV and Durable Objects.
import { Effect } from "effect";
import { expect, test, vi } from "vitest";
import {
  makeCloudflareBaseKvStore,
  makeDurableObjectBaseKvStore,
} from "../../../bindings/entries/uploadista.workerd.ts";
import { bindings, freshPrefix } from "../support/bindings.ts";
import { insideOf, nothingInside, rowsOf } from "../support/objects.ts";

const run = Effect.runPromise;

test("Workers KV is told when to remove it, and each set tells it anew", async () => {
  const keyNamespace = `${freshPrefix()}/`;
  const kv = bindings.UPLOADISTA_KV;
  const base = makeCloudflareBaseKvStore({
    kv,
    expireAfter: 3600,
    keyNamespace,
    writeIntervalMs: 0,
  });
  const expiration = async () => (await kv.list({ prefix: keyNamespace })).keys[0]?.expiration ?? 0;
  await run(base.set("upload:1", "{}"));
  const first = await expiration();
  expect(first).toBeGreaterThan(Date.now() / 1000 + 3590);
  await new Promise((resolve) => setTimeout(resolve, 2100));
  await run(base.set("upload:1", "{}"));
  expect(await expiration()).toBeGreaterThan(first);
});

test("a Durable Object empties itself, and the catalog forgets it", {
  timeout: 30_000,
}, async () => {
  const keyNamespace = `${freshPrefix()}/`;
  const { KVISTA_OBJECTS: namespace, KVISTA_CATALOG: catalog } = bindings;
  const base = makeDurableObjectBaseKvStore({ namespace, catalog, expireAfter: 2, keyNamespace });
  await run(base.set("upload:1", "{}"));
  const object = `${keyNamespace}upload:1`;
  expect((await insideOf(object)).alarm).not.toBeNull();
  await vi.waitFor(
    async () => {
      expect(await insideOf(object)).toEqual(nothingInside);
      expect(await rowsOf(keyNamespace)).toEqual([]);
    },
    { timeout: 20_000, interval: 500 },
  );
});
