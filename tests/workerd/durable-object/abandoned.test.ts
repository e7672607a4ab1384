// Operations whose request died: nothing awaits them, nothing resumes them, and yet nothing leaks.
import { expect, test } from "vitest";
import { sharedCore } from "../../../bindings/boundary/shared-core.ts";
import { cloudflareKvStore } from "../../../bindings/stores/cloudflare-kv/cloudflare-kv-store.ts";
import { bindings, freshPrefix, sleep } from "../support/bindings.ts";

const core = () => sharedCore.instance.exports;

test("10,000 operations that ctx.abort() abandoned are reaped by later ones", async () => {
  const instance = sharedCore.instance;
  const before = core().kv_frames();
  expect(before).toBe(0);
  let most = 0;
  for (let round = 0; round < 5; round++) {
    const stub = bindings.ABANDONERS.getByName(freshPrefix());
    const died = await stub.abandon(freshPrefix(), 2000, 50).then(
      () => "lived",
      (error: Error) => error.message,
    );
    expect(died).toContain("abandoned");
    most = Math.max(most, core().kv_operations());
  }
  // Without this, the test would show nothing: they were in flight when their object died.
  expect(most).toBeGreaterThan(1900);
  // They are reaped a second after their deadline, by the time that a later operation brings.
  await sleep(1200);
  const store = cloudflareKvStore({ kv: bindings.UPLOADISTA_KV });
  expect(await store.get(freshPrefix())).toBeNull();
  expect(core().kv_frames()).toBe(0);
  expect(core().kv_operations()).toBe(0);
  // The request that was answered last lies there until the next call.
  expect(core().kv_bytes_in_flight()).toBeLessThan(1024);
  expect(sharedCore.instance).toBe(instance);
});

test("the keys that abandoned writes waited for are free again", async () => {
  const prefix = freshPrefix();
  const stub = bindings.ABANDONERS.getByName(prefix);
  await stub.abandon(prefix, 2, 50).catch(() => {});
  const store = cloudflareKvStore({ kv: bindings.UPLOADISTA_KV });
  await store.set(`${prefix}1`, "value");
  expect(await store.get(`${prefix}1`)).toBe("value");
});
