// What the store refuses before the platform can take it amiss: no call is made.
import { describe, expect, test } from "vitest";
import { cloudflareKvStore } from "../../../bindings/stores/cloudflare-kv/cloudflare-kv-store.ts";
import { bindings, freshPrefix, rejectionOf } from "../support/bindings.ts";
import { KvPlatform } from "../support/kv-wrapper.ts";

const kv = bindings.UPLOADISTA_KV;

describe("what the platform would take amiss never reaches it", () => {
  const refused: [string, unknown][] = [
    ["an empty key", ""],
    ["the key .", "."],
    ["the key ..", ".."],
    ["a key of 513 bytes", "k".repeat(513)],
    ["a key of 171 euro signs", "\u20ac".repeat(171)],
    ["a lone surrogate", "a\ud800"],
    ["a NUL", "a\0b"],
    ["an array of keys", ["a", "b"]],
    ["an array of one key", ["a"]],
    ["null", null],
    ["undefined", undefined],
    ["a number", 5],
  ];
  test.each(refused)("%s as a key", async (_, given) => {
    const platform = new KvPlatform(kv);
    const own = cloudflareKvStore({ kv: platform.at() });
    const key = given as string;
    const expected = { code: "INVALID_KEY" };
    expect(await rejectionOf(own.get(key))).toMatchObject(expected);
    expect(await rejectionOf(own.set(key, "v"))).toMatchObject(expected);
    expect(await rejectionOf(own.delete(key))).toMatchObject(expected);
    expect(await rejectionOf(own.getMany([key]))).toMatchObject(expected);
    if (typeof given === "string") {
      const outcome = [{ ok: false, error: expected }];
      expect(await own.setMany([{ key, value: "v" }])).toMatchObject(outcome);
      expect(await own.deleteMany([key])).toMatchObject(outcome);
    } else {
      expect(await rejectionOf(own.setMany([{ key, value: "v" }]))).toMatchObject(expected);
      expect(await rejectionOf(own.deleteMany([key]))).toMatchObject(expected);
    }
    expect(platform.calls).toEqual([]);
  });

  const values: [string, unknown][] = [
    ["null", null],
    ["undefined", undefined],
    ["a number", 5],
    ["an object", {}],
    ["an array", ["a"]],
    ["a lone surrogate", "a\udc00"],
  ];
  test.each(values)("%s as a value", async (_, value) => {
    const platform = new KvPlatform(kv);
    const own = cloudflareKvStore({ kv: platform.at() });
    const set = own.set("key", value as string);
    expect(await rejectionOf(set)).toMatchObject({ code: "INVALID_VALUE" });
    expect(platform.calls).toEqual([]);
  });

  test("a value over 25 MiB", async () => {
    const platform = new KvPlatform(kv);
    const own = cloudflareKvStore({ kv: platform.at() });
    const set = own.set("key", "v".repeat(25 * 2 ** 20 + 1));
    expect(await rejectionOf(set)).toMatchObject({
      code: "TOO_LARGE",
      message: expect.stringMatching(/26214401.*26214400/),
    });
    expect(platform.calls).toEqual([]);
  });

  test("a limit of 0, which the platform takes for none", async () => {
    const platform = new KvPlatform(kv);
    const own = cloudflareKvStore({ kv: platform.at() });
    for (const limit of [0, -1, 1.5, 1001, Number.NaN]) {
      const page = own.page({ limit });
      expect(await rejectionOf(page)).toMatchObject({ code: "INVALID_ARGUMENT" });
    }
    expect(platform.calls).toEqual([]);
  });
});

test("a key of 512 bytes is taken by the platform as the store says", async () => {
  const key = freshPrefix().padEnd(512, "k");
  const store = cloudflareKvStore({ kv });
  await store.set(key, "value");
  expect(await store.get(key)).toBe("value");
  expect(await store.list(key)).toEqual([key]);
});
