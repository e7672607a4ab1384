// An upload that nobody goes on with disappears by itself from Workers KV and Durable Objects.
import { Effect } from "effect";
import { expect, test, vi } from "vitest";
import {
  makeCloudflareBaseKvStore,
  makeDurableObjectBaseKvStore,
} from "../../../bindings/entries/uploadista.workerd.ts";
import { patienceMs, whileItLives } from "../../patience.ts";
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
  const began = Date.now() / 1000;
  await run(base.set("upload:1", "{}"));
  const first = await expiration();
  expect(first).toBeGreaterThan(began + 3590);
  await new Promise((resolve) => setTimeout(resolve, 2100));
  await run(base.set("upload:1", "{}"));
  expect(await expiration()).toBeGreaterThan(first);
});

test("a Durable Object empties itself, and the catalog forgets it", async () => {
  const keyNamespace = `${freshPrefix()}/`;
  const { KVISTA_OBJECTS: namespace, KVISTA_CATALOG: catalog } = bindings;
  const object = `${keyNamespace}upload:1`;
  await whileItLives(2, async (expireAfter) => {
    const base = makeDurableObjectBaseKvStore({ namespace, catalog, expireAfter, keyNamespace });
    await run(base.set("upload:1", "{}"));
    expect((await insideOf(object)).alarm).not.toBeNull();
  });
  await vi.waitFor(
    async () => {
      expect(await insideOf(object)).toEqual(nothingInside);
      expect(await rowsOf(keyNamespace)).toEqual([]);
    },
    { timeout: patienceMs, interval: 500 },
  );
});
