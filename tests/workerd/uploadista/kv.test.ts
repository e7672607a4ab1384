// What goes wrong in Uploadista's store over Workers KV (C1 to C7), one case for each, and that both
// read what the other has written.
import { makeCloudflareBaseKvStore as makeTheirs } from "@uploadista/kv-store-cloudflare-kv";
import { Effect } from "effect";
import { describe, expect, test } from "vitest";
import {
  KvError,
  makeCloudflareBaseKvStore,
  makeRedisBaseKvStore,
} from "../../../bindings/entries/uploadista.workerd.ts";
import { withFrozenClock } from "../../conformance/clock.ts";
import { failureOf } from "../../uploadista/consumers.ts";
import { bindings, freshPrefix } from "../support/bindings.ts";
import { fourMethodsOf } from "../support/four-methods.ts";
import { KvPlatform } from "../support/kv-wrapper.ts";

const { UPLOADISTA_KV: kv } = bindings;
const run = Effect.runPromise;

function platform(options = {}): KvPlatform {
  return new KvPlatform(kv, options);
}

describe("beside Uploadista's packaged store", () => {
  test.each([
    ["all methods", kv],
    ["four methods", fourMethodsOf(kv)],
  ])("with %s, each reads, lists and deletes what the other has written", async (_, ourKv) => {
    const prefix = freshPrefix();
    const theirs = makeTheirs({ kv });
    const ours = makeCloudflareBaseKvStore({ kv: ourKv, writeIntervalMs: 0 });
    const text = '{"name":"naïve \u{1f408}.png","offset":1E2}';
    await run(theirs.set(`${prefix}a`, text));
    await run(ours.set(`${prefix}b`, text));
    expect(await run(ours.get(`${prefix}a`))).toBe(text);
    expect(await run(theirs.get(`${prefix}b`))).toBe(text);
    expect(await run(ours.list(prefix))).toEqual(["a", "b"]);
    expect(await run(theirs.list(prefix))).toEqual(["a", "b"]);
    await run(ours.delete(`${prefix}a`));
    await run(theirs.delete(`${prefix}b`));
    expect(await run(ours.list(prefix))).toEqual([]);
    expect(await run(ours.get(`${prefix}b`))).toBeNull();
  });

  test("an expiry of ours is not in the value, and its plain write drops it", async () => {
    const key = freshPrefix();
    const theirs = makeTheirs({ kv });
    const ours = makeCloudflareBaseKvStore({ kv, expireAfter: 1, writeIntervalMs: 0 });
    await withFrozenClock(async (clock) => {
      await run(ours.set(key, "1"));
      expect(await run(theirs.get(key))).toBe("1");
      await run(theirs.set(key, "2"));
      await clock.advance(2);
      expect(await run(ours.get(key))).toBe("2");
    });
  });
});

test("C1: a list asks for a thousand keys at a time", async () => {
  const prefix = freshPrefix();
  await Promise.all(Array.from({ length: 45 }, (_, i) => kv.put(`${prefix}${i}`, "1")));
  const sim = platform();
  const keys = await run(makeCloudflareBaseKvStore(sim.at()).list(prefix));
  expect(keys).toHaveLength(45);
  expect(sim.count("list")).toBe(1);
});

test("C2: the prefix is taken off the beginning of a key, and nowhere else", async () => {
  const prefix = freshPrefix();
  await kv.put(`${prefix}x${prefix}y`, "1");
  const ours = makeCloudflareBaseKvStore(kv);
  expect(await run(ours.list(prefix))).toEqual([`x${prefix}y`]);
  expect(await run(ours.list(`${prefix}x`))).toEqual([`${prefix}y`]);
});

test("C3: a key that is not set again expires, to the second", async () => {
  const prefix = freshPrefix();
  const ours = makeCloudflareBaseKvStore({ kv, expireAfter: 1, writeIntervalMs: 0 });
  await withFrozenClock(async (clock) => {
    await run(ours.set(`${prefix}a`, "1"));
    expect(await run(ours.list(prefix))).toEqual(["a"]);
    await clock.advance(2);
    expect(await run(ours.get(`${prefix}a`))).toBeNull();
    expect(await run(ours.list(prefix))).toEqual([]);
  });
  const partial = makeCloudflareBaseKvStore(fourMethodsOf(kv), { expireAfter: 60 });
  expect(await failureOf(partial.set(`${prefix}b`, "1"))).toMatchObject({
    cause: { code: "UNSUPPORTED" },
  });
});

test("C4: three sets of one key at once, as at the start of an upload, succeed, and the last stands", async () => {
  const sim = platform();
  const key = freshPrefix();
  const ours = makeCloudflareBaseKvStore(sim.at());
  await run(
    Effect.all(
      ["1", "2", "3"].map((value) => ours.set(key, value)),
      {
        concurrency: "unbounded",
      },
    ),
  );
  expect(await kv.get(key)).toBe("3");
  sim.fail({ operation: "put", error: 429 });
  await run(makeCloudflareBaseKvStore(sim.at()).set(`${key}2`, "1"));
  expect(await kv.get(`${key}2`)).toBe("1");
});

test("C5: what another location does not see yet is absent there, and no failure", async () => {
  const sim = platform({ staleMs: 3_600_000 });
  const key = freshPrefix();
  const [near, far] = [
    makeCloudflareBaseKvStore(sim.at("near")),
    makeCloudflareBaseKvStore(sim.at("far")),
  ];
  expect(await run(far.get(key))).toBeNull();
  await run(near.set(key, "1"));
  expect(await run(far.get(key))).toBeNull();
  sim.advance(3_600_001);
  expect(await run(far.get(key))).toBe("1");
});

test("C6: a key that Workers KV would refuse is refused before it is asked, as the caller's fault", async () => {
  const sim = platform();
  const ours = makeCloudflareBaseKvStore(sim.at());
  for (const key of ["", ".", "..", "k".repeat(513), "\ud800"]) {
    for (const effect of [ours.get(key), ours.set(key, "1"), ours.delete(key)]) {
      const error = await failureOf<unknown>(effect);
      expect(error).toMatchObject({ code: "VALIDATION_ERROR", status: 400 });
      expect(error).toMatchObject({ cause: { code: "INVALID_KEY" } });
    }
  }
  expect(sim.calls).toEqual([]);
});

test("C7: a list begins without a cursor, and passes on the one that it was given", async () => {
  const prefix = freshPrefix();
  await Promise.all(Array.from({ length: 1001 }, (_, i) => kv.put(`${prefix}${i}`, "")));
  const asked: unknown[] = [];
  const noting = {
    ...fourMethodsOf(kv),
    list: (options: { prefix: string; limit: number; cursor?: string }) => {
      asked.push({ ...options, cursor: typeof options.cursor });
      return kv.list(options);
    },
  };
  expect(await run(makeCloudflareBaseKvStore(noting).list(prefix))).toHaveLength(1001);
  expect(asked).toEqual([
    { prefix, limit: 1000, cursor: "undefined" },
    { prefix, limit: 1000, cursor: "string" },
  ]);
});

test("a binding that is missing is named by the first effect", async () => {
  for (const store of [
    makeCloudflareBaseKvStore({ kv: undefined as never }),
    makeCloudflareBaseKvStore(undefined as never),
  ]) {
    const error = await failureOf(store.get("key"));
    expect(error).toMatchObject({ code: "UNKNOWN_ERROR" });
    expect((error.cause as KvError).hint).toContain("{ kv }");
  }
});

test("an address of Redis is refused, with where to go instead", async () => {
  const error = await failureOf(makeRedisBaseKvStore({ url: "redis://127.0.0.1" }).get("key"));
  expect(error.cause).toBeInstanceOf(KvError);
  expect((error.cause as KvError).hint).toContain("redisGatewayKvStore");
});
