// The order of writes to one key of Workers KV, which takes one write a second and promises no order.
import { exports } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { sharedCore } from "../../../bindings/boundary/shared-core.ts";
import { cloudflareKvStore } from "../../../bindings/stores/cloudflare-kv/cloudflare-kv-store.ts";
import { bindings, codeOf, freshPrefix, rejectionOf, sleep } from "../support/bindings.ts";
import { KvPlatform } from "../support/kv-wrapper.ts";

/** A platform that takes a write of one key every so many milliseconds, and a store that knows it. */
function simulated(writeIntervalMs = 200) {
  const platform = new KvPlatform(bindings.UPLOADISTA_KV, { writeIntervalMs });
  const kv = platform.at();
  const key = freshPrefix();
  return { platform, kv, key, store: cloudflareKvStore({ kv, writeIntervalMs }) };
}

const stored = (key: string) => bindings.UPLOADISTA_KV.get(key);

test("Two sets of one key issued in one request land in order", async () => {
  const { platform, key, store } = simulated();
  await Promise.all([store.set(key, "first"), store.set(key, "second")]);
  expect(platform.written).toEqual(["first", "second"]);
  expect(await stored(key)).toBe("second");
});

test("of waiting writes the later replaces the earlier, whose caller is told only after the write that carries it", async () => {
  const { platform, key, store } = simulated();
  const seen: { [value: string]: string | null } = {};
  const set = (value: string) =>
    store.set(key, value).then(async () => {
      seen[value] = await stored(key);
    });
  await Promise.all(["1", "2", "3", "4", "5"].map(set));
  expect(platform.written).toEqual(["1", "5"]);
  expect(seen).toEqual({ 1: "1", 2: "5", 3: "5", 4: "5", 5: "5" });
});

test("a caller is told the version and expiry of its own value, though a later one was written", async () => {
  const { key, store } = simulated();
  const expiresAt = Math.ceil(Date.now() / 1000) + 600;
  const [first, second, third] = await Promise.all([
    store.set(key, "1"),
    store.set(key, "2", { expiresAt }),
    store.set(key, "3"),
  ]);
  const versions = [first, second, third].map(({ version }) => version);
  expect(new Set(versions).size).toBe(3);
  expect([first.expiresAt, second.expiresAt, third.expiresAt]).toEqual([null, expiresAt, null]);
  expect(await store.entry(key)).toEqual({ value: "3", ...third, version: third.version });
});

describe("a delete among the writes", () => {
  test("is replaced by a later set", async () => {
    const { platform, key, store } = simulated();
    await Promise.all([store.set(key, "1"), store.delete(key), store.set(key, "2")]);
    expect(platform.written).toEqual(["1", "2"]);
    expect(await stored(key)).toBe("2");
  });

  test("replaces an earlier set, and is the last that happens", async () => {
    const { platform, key, store } = simulated();
    await Promise.all([store.set(key, "1"), store.set(key, "2"), store.delete(key)]);
    expect(platform.written).toEqual(["1", null]);
    expect(await stored(key)).toBeNull();
  });

  test("keeps its place in a batch of one key", async () => {
    const { key, store } = simulated();
    const outcomes = await store.setMany([
      { key, value: "1" },
      { key, value: "2" },
    ]);
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, true]);
    expect(await stored(key)).toBe("2");
    await Promise.all([store.set(key, "3"), store.deleteMany([key, key])]);
    expect(await stored(key)).toBeNull();
  });
});

test("three sets of a key one right after the other, a second a write, never show a 429", async () => {
  const { platform, key, store } = simulated(1000);
  const sets = ["started", "parts", "finished"].map((value) => store.set(key, value));
  const codes = await Promise.all(sets.map(codeOf));
  expect(codes).toEqual(["ok", "ok", "ok"]);
  expect(platform.written).toEqual(["started", "finished"]);
});

test("sets that wait for each other never show a 429 either", async () => {
  const { platform, key, store } = simulated(400);
  for (const value of ["started", "parts", "finished"]) await store.set(key, value);
  expect(platform.written).toEqual(["started", "parts", "finished"]);
});

test("a store that does not know of an earlier write waits out the 429", async () => {
  const { platform, kv, key, store } = simulated(300);
  await kv.put(key, new TextEncoder().encode("by another location"));
  await store.set(key, "ours");
  expect(platform.written).toEqual(["by another location", "ours"]);
  expect(platform.count("put")).toBeGreaterThan(2);
});

describe("when the write that carries another", () => {
  test("is given up while it waits, its predecessor is written", async () => {
    const { platform, key, store } = simulated();
    const first = store.set(key, "1");
    const second = store.set(key, "2");
    const third = codeOf(store.set(key, "3", { deadlineMs: 50 }));
    expect(await third).toBe("TIMEOUT");
    await Promise.all([first, second]);
    expect(platform.written).toEqual(["1", "2"]);
  });

  test("is aborted by its caller while it waits, its predecessor is written", async () => {
    const { platform, key, store } = simulated();
    const abort = new AbortController();
    const first = store.set(key, "1");
    const second = store.set(key, "2");
    const third = codeOf(store.set(key, "3", { signal: abort.signal }));
    abort.abort();
    expect(await third).toBe("TIMEOUT");
    await Promise.all([first, second]);
    expect(platform.written).toEqual(["1", "2"]);
  });

  test("is refused for good, it alone fails", async () => {
    const { platform, key, store } = simulated();
    await store.set(key, "1");
    const second = codeOf(store.set(key, "2"));
    platform.fail({ operation: "put", error: 400 });
    const third = codeOf(store.set(key, "3"));
    expect(await third).toBe("INVALID_ARGUMENT");
    expect(await second).toBe("ok");
    expect(platform.written).toEqual(["1", "2"]);
  });

  test("fails for a time, it is written before any caller is told", async () => {
    const { platform, key, store } = simulated();
    await store.set(key, "1");
    platform.fail({ operation: "put", error: 503, times: 2 });
    const sets = [store.set(key, "2"), store.set(key, "3")];
    await Promise.race(sets);
    expect(platform.written).toEqual(["1", "3"]);
    await Promise.all(sets);
    expect(platform.written).toEqual(["1", "3"]);
  });
});

test("a write behind one that was never answered goes on when that is given up", async () => {
  const { platform, key, store } = simulated();
  platform.fail({ operation: "put", kind: "unanswered" });
  const first = codeOf(store.set(key, "1", { deadlineMs: 300 }));
  const second = codeOf(store.set(key, "2"));
  expect(await Promise.all([first, second])).toEqual(["OUTCOME_UNKNOWN", "ok"]);
  expect(platform.written).toEqual(["2"]);
});

test("a write whose reply was lost is repeated, because the platform promises no order anyway", async () => {
  const { platform, key, store } = simulated();
  const error = "Network connection lost.";
  platform.fail({ operation: "put", kind: "lostReply", error });
  await store.set(key, "1");
  expect(platform.written).toEqual(["1", "1"]);
});

test("a write whose replies are lost to the deadline is OUTCOME_UNKNOWN", async () => {
  const { platform, key, store } = simulated(0);
  platform.fail({ operation: "put", kind: "lostReply", error: 500, times: 1000 });
  const failed = await rejectionOf(store.set(key, "1", { deadlineMs: 250 }));
  expect(failed).toMatchObject({ code: "OUTCOME_UNKNOWN", retryable: false });
  // Its last one may still be on its way.
  await expect.poll(() => stored(key)).toBe("1");
});

test("writes of one key from two requests within its second both answer, and the later stays", async () => {
  const key = freshPrefix();
  const path = `http://kvista.test/v1/kv/keys/${encodeURIComponent(key)}`;
  const headers = { Authorization: "Bearer kvista-dev" };
  const put = (body: string) => exports.default.fetch(path, { method: "PUT", headers, body });
  const first = put("1");
  await expect.poll(() => stored(key)).toBe("1");
  const answers = await Promise.all([first, put("2")]);
  expect(answers.map(({ status }) => status)).toEqual([204, 204]);
  const got = await exports.default.fetch(path, { headers });
  expect(await got.text()).toBe("2");
});

test("keys that are written no more leave nothing behind", async () => {
  const kv = { put: async () => {} } as unknown as KVNamespace;
  const store = cloudflareKvStore({ kv, writeIntervalMs: 200 });
  const writeAll = async (round: number) => {
    for (let i = 0; i < 6000; i += 500) {
      const names = Array.from({ length: 500 }, (_, n) => `${round}-${i + n}-`.padEnd(500, "k"));
      await Promise.all(names.map((key) => store.set(key, "v")));
    }
  };
  const room = () => sharedCore.instance.exports.memory.buffer.byteLength;
  const before = room();
  await writeAll(1);
  const taken = room() - before;
  for (let round = 2; round <= 4; round++) {
    await sleep(200);
    await writeAll(round);
  }
  // Four times as many keys, and far less than four times as much room.
  expect(room() - before).toBeLessThan(2 * Math.max(taken, 2 ** 20));
});
