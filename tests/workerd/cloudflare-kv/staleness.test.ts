// What holds, and what does not, while other locations still see what they have cached. These tests
// document the platform's guarantees as the store passes them on.
import { describe, expect, test } from "vitest";
import { cloudflareKvStore } from "../../../bindings/stores/cloudflare-kv/cloudflare-kv-store.ts";
import { withFrozenClock } from "../../conformance/clock.ts";
import { bindings, freshPrefix } from "../support/bindings.ts";
import { KvPlatform } from "../support/kv-wrapper.ts";

const staleMs = 3_600_000;

function twoLocations() {
  // Longer than any test takes: its clock is set.
  const options = { staleMs, writeIntervalMs: 0 };
  const platform = new KvPlatform(bindings.UPLOADISTA_KV, options);
  const open = (name: string) => cloudflareKvStore({ kv: platform.at(name), writeIntervalMs: 0 });
  return { platform, key: freshPrefix(), near: open("near"), far: open("far") };
}

describe("another location", () => {
  test("goes on reading the old value for up to a minute, then the new one", async () => {
    const { platform, key, near, far } = twoLocations();
    await near.set(key, "old");
    expect(await far.get(key)).toBe("old");
    await near.set(key, "new");
    expect(await far.get(key)).toBe("old");
    expect(await far.entry(key)).toMatchObject({ value: "old" });
    expect(await far.getMany([key])).toEqual(["old"]);
    platform.advance(staleMs + 1);
    expect(await far.get(key)).toBe("new");
  });

  test("goes on missing a key that it has missed before it was written", async () => {
    const { platform, key, near, far } = twoLocations();
    expect(await far.get(key)).toBeNull();
    await near.set(key, "value");
    expect(await far.get(key)).toBeNull();
    platform.advance(staleMs + 1);
    expect(await far.get(key)).toBe("value");
  });

  test("goes on reading a value that was deleted", async () => {
    const { platform, key, near, far } = twoLocations();
    await near.set(key, "value");
    await far.get(key);
    await near.delete(key);
    expect(await far.get(key)).toBe("value");
    platform.advance(staleMs + 1);
    expect(await far.get(key)).toBeNull();
  });

  test("may list a key that it does not read yet, and the other way round", async () => {
    const { key, near, far } = twoLocations();
    await far.get(key);
    await near.set(key, "value");
    expect(await far.list(key)).toEqual([key]);
    expect(await far.get(key)).toBeNull();
  });

  test("does not read a value past its expiry, however stale it is", async () => {
    const { key, near, far } = twoLocations();
    await withFrozenClock(async (clock) => {
      await near.set(key, "value", { ttlSeconds: 1 });
      expect(await far.get(key)).toBe("value");
      await clock.advance(2);
      expect(await far.get(key)).toBeNull();
      expect(await far.getMany([key])).toEqual([null]);
    });
  });
});

test("the location that wrote reads its own write", async () => {
  const { key, near } = twoLocations();
  expect(await near.get(key)).toBeNull();
  await near.set(key, "1");
  expect(await near.get(key)).toBe("1");
  await near.set(key, "2");
  expect(await near.get(key)).toBe("2");
  await near.delete(key);
  expect(await near.get(key)).toBeNull();
});

test("a read-modify-write from two locations loses an update: this is why there is no patch", async () => {
  const { key, near, far } = twoLocations();
  await near.set(key, "0");
  const add = async (store: typeof near) =>
    store.set(key, String(Number(await store.get(key)) + 1));
  await far.get(key);
  await add(near);
  await add(far);
  expect(await bindings.UPLOADISTA_KV.get(key)).toBe("1");
});

test("diagnose says that reads may be stale and that a key takes one write a second", async () => {
  const { near } = twoLocations();
  const findings = await near.diagnose();
  expect(findings.map(({ name }) => name)).toEqual(["eventual-consistency", "one-write-a-second"]);
  for (const { severity, message, hint } of findings) {
    expect(severity).toBe("warning");
    expect(message).not.toBe("");
    expect(hint).toContain("Durable Objects");
  }
});
