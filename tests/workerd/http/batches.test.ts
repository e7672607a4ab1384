// Batches through HTTP: an outcome for each key, in a fixed order, and what is refused as a whole.
import { describe, expect, test } from "vitest";
import { ask, freshPrefix, jsonOf, keyPath } from "./session.ts";

const mebibyte = 1024 * 1024;
const json = { "Content-Type": "application/json" };

function post(store: string, batch: unknown): Promise<Response> {
  const body = typeof batch === "string" ? batch : JSON.stringify(batch);
  return ask("POST", `/v1/${store}/batch`, { body, headers: json });
}

describe.each(["kv", "do", "memory"])("a batch on the store %s", (store) => {
  test("sets, deletes and then gets, with an outcome for each key", async () => {
    const prefix = freshPrefix();
    await ask("PUT", keyPath(store, `${prefix}old`), { body: "old" });
    const expiresAt = Math.floor(Date.now() / 1000) + 600;
    const answer = await post(store, {
      get: [`${prefix}new`, `${prefix}old`, `${prefix}new`, `${prefix}until`],
      delete: [`${prefix}old`, `${prefix}never`],
      set: [
        { key: `${prefix}new`, value: 'new "€"\u0000' },
        { key: `${prefix}until`, value: "", expiresAt },
        { key: `${prefix}bad`, value: "x", ttlSeconds: 0 },
        { key: "", value: "x" },
      ],
    });
    expect(answer.status).toBe(200);
    const outcomes = await jsonOf(answer);
    const version = expect.stringMatching(/^[0-9a-f]{32}$/);
    expect(outcomes.set).toMatchObject([
      { key: `${prefix}new`, status: 204, version, expiresAt: null },
      { key: `${prefix}until`, status: 204, version, expiresAt },
      { key: `${prefix}bad`, status: 400, code: "INVALID_ARGUMENT" },
      { key: "", status: 400, code: "INVALID_KEY" },
    ]);
    expect(outcomes.delete).toEqual([
      { key: `${prefix}old`, status: 204 },
      { key: `${prefix}never`, status: 204 },
    ]);
    expect(outcomes.get).toEqual([
      { key: `${prefix}new`, status: 200, value: 'new "€"\u0000' },
      { key: `${prefix}old`, status: 404, value: null },
      { key: `${prefix}new`, status: 200, value: 'new "€"\u0000' },
      { key: `${prefix}until`, status: 200, value: "" },
    ]);
  });

  test("reads the good keys although one is bad", async () => {
    const key = `${freshPrefix()}good`;
    await ask("PUT", keyPath(store, key), { body: "x" });
    const outcomes = await jsonOf(await post(store, { get: [key, "k".repeat(600)] }));
    expect(outcomes.get).toMatchObject([
      { key, status: 200, value: "x" },
      { status: 400, code: "INVALID_KEY" },
    ]);
  });

  test("may be empty, and may hold 100 keys", async () => {
    expect(await jsonOf(await post(store, {}))).toEqual({ set: [], delete: [], get: [] });
    const prefix = freshPrefix();
    const set = Array.from({ length: 50 }, (_, i) => ({ key: prefix + i, value: String(i) }));
    const outcomes = await jsonOf(await post(store, { set, get: set.map(({ key }) => key) }));
    expect(outcomes.get).toEqual(set.map(({ key, value }) => ({ key, status: 200, value })));
  });
});

test.each([
  ["not JSON", "{"],
  ["no object", "[]"],
  ["null", "null"],
  ["an unknown member", { put: [] }],
  ["no array", { get: "a" }],
  ["a key that is no string", { get: [1] }],
  ["a set that is no object", { set: ["a"] }],
  ["a set without a key", { set: [{ value: "x" }] }],
  ["a value that is no string", { set: [{ key: "a", value: { offset: 1 } }] }],
  ["an expiry that is no number", { set: [{ key: "a", value: "x", ttlSeconds: "60" }] }],
  ["a misspelt expiry", { set: [{ key: "a", value: "x", ttl: 60 }] }],
  [
    "a key that is set twice",
    {
      set: [
        { key: "a", value: "x" },
        { key: "a", value: "y" },
      ],
    },
  ],
  ["a key that is set and deleted", { set: [{ key: "a", value: "x" }], delete: ["a"] }],
  ["a key that is deleted twice", { delete: ["a", "a"] }],
])("a batch of %s is 400 as a whole, and its text is not repeated", async (_, batch) => {
  const answer = await post("do", batch);
  expect(answer.status).toBe(400);
  expect(await jsonOf(answer)).toMatchObject({ code: "INVALID_ARGUMENT" });
});

test.each(["kv", "do"])(
  "a batch on %s carries large values as well as small ones",
  async (store) => {
    const prefix = freshPrefix();
    const sizes = [16 * 1024, 17 * 1024, mebibyte, 12 * mebibyte];
    const set = sizes.map((size) => ({ key: prefix + size, value: `${"x".repeat(size - 3)}€` }));
    const answer = await post(store, { set, get: set.map(({ key }) => key) });
    expect(answer.status).toBe(200);
    const outcomes = (await answer.json()) as {
      [name: string]: { status: number; value: string }[];
    };
    expect(outcomes.set?.map(({ status }) => status)).toEqual([204, 204, 204, 204]);
    expect(outcomes.get?.map(({ value }, i) => value === set[i]?.value)).toEqual([
      true,
      true,
      true,
      true,
    ]);
  },
);

test("a batch of an unpaired surrogate refuses that key or value alone", async () => {
  const prefix = freshPrefix();
  const body = `{"set":[{"key":"${prefix}a","value":"\\ud800"},{"key":"\\ud800","value":"x"},{"key":"${prefix}b","value":"x"}]}`;
  const outcomes = await jsonOf(await post("do", body));
  expect(outcomes.set).toMatchObject([
    { status: 400, code: "INVALID_VALUE" },
    { status: 400, code: "INVALID_KEY" },
    { status: 204 },
  ]);
});

test("a batch of over 100 keys is 413", async () => {
  const answer = await post("do", { get: Array.from({ length: 101 }, (_, i) => `k${i}`) });
  expect(answer.status).toBe(413);
  expect(await jsonOf(answer)).toMatchObject({ code: "TOO_LARGE" });
});

test("a batch answers as many values as fit 32 MiB, and names the others", async () => {
  const prefix = freshPrefix();
  const keys = ["a", "b", "c"].map((name) => prefix + name);
  const body = new Uint8Array(15 * mebibyte).fill(0x61);
  for (const key of keys) {
    expect((await ask("PUT", keyPath("do", key), { body })).status).toBe(204);
  }
  const outcomes = await jsonOf(await post("do", { get: keys }));
  const got = outcomes.get as { key: string; status: number; value?: string; code?: string }[];
  expect(got.map(({ key, status, value, code }) => [key, status, value?.length, code])).toEqual([
    [keys[0], 200, body.length, undefined],
    [keys[1], 200, body.length, undefined],
    [keys[2], 413, undefined, "TOO_LARGE"],
  ]);
});
