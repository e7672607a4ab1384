// Who may do what: tokens, their access, and their namespaces on every route.
import { afterEach, describe, expect, test, vi } from "vitest";
import { boundStores } from "../../../worker/stores.ts";
import { ask, askFront, freshPrefix, jsonOf, keyPath, requestOf, tokens } from "./session.ts";

const json = { "Content-Type": "application/json" };
const mergePatch = { "Content-Type": "application/merge-patch+json" };
const routes: readonly (readonly [method: string, path: string])[] = [
  ["GET", "/v1/do/keys"],
  ["GET", "/v1/do/keys/a"],
  ["HEAD", "/v1/do/keys/a"],
  ["PUT", "/v1/do/keys/a"],
  ["PATCH", "/v1/do/keys/a"],
  ["DELETE", "/v1/do/keys/a"],
  ["POST", "/v1/do/batch"],
  ["GET", "/v1/unknown/keys"],
  ["GET", "/nowhere"],
];

afterEach(() => {
  vi.restoreAllMocks();
});

describe("without a token of the secret", () => {
  test.each(routes)("%s %s is 401, with a challenge", async (method, path) => {
    const none = await ask(method, path, { token: null });
    expect(none.status).toBe(401);
    expect(none.headers.get("WWW-Authenticate")).toBe("Bearer");
    const wrong = await ask(method, path, { token: "kvista-dew" });
    expect(wrong.status).toBe(401);
    expect(wrong.headers.get("WWW-Authenticate")).toContain('error="invalid_token"');
  });

  test.each([
    "Basic a3Zpc3RhLWRldg==",
    "Bearer",
    "Bearer ",
    "kvista-dev",
    "Bearer a b",
    "Bearer kvista-dev x",
  ])("Authorization: %s is 401", async (authorization) => {
    const headers = { Authorization: authorization };
    const answer = await ask("GET", "/v1/do/keys", { token: null, headers });
    expect(answer.status).toBe(401);
    expect(await jsonOf(answer)).toMatchObject({ code: "UNAUTHORIZED" });
  });

  test("the scheme may be written in any case", async () => {
    const headers = { Authorization: "bearer  kvista-dev" };
    expect((await ask("GET", "/v1/do/keys", { token: null, headers })).status).toBe(200);
  });
});

describe("a secret", () => {
  test.each([
    [undefined, "is not set"],
    ["", "is not set"],
    ["kvista-dev", "is not JSON"],
    ["{}", "is not an array"],
    ["[]", "holds no token"],
    ["[null]", "entry 1"],
    [
      '[{"token":"t","namespace":"","access":"read"},{"token":"","namespace":"","access":"read"}]',
      "entry 2",
    ],
    ['[{"token":"two words","namespace":"","access":"read"}]', "a token"],
    ['[{"token":"t","namespace":"tenant","access":"read"}]', "a namespace"],
    ['[{"token":"t","access":"read"}]', "a namespace"],
    ['[{"token":"t","namespace":"","access":"all"}]', "an access"],
    ['[{"token":"t","namespace":""}]', "an access"],
    [
      '[{"token":"t","namespace":"a/","access":"read"},{"token":"t","namespace":"b/","access":"read"}]',
      "repeats",
    ],
  ])("of %s is 503 for every route, and says what to set", async (secret, words) => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    const env = secret === undefined ? {} : { KVISTA_TOKENS: secret };
    for (const [method, path] of routes) {
      const request = requestOf(method, path, { token: "t" });
      const answer = await askFront(request, { env, stores: boundStores });
      expect(answer.status).toBe(503);
      expect(answer.headers.has("Retry-After")).toBe(true);
      if (method === "HEAD") continue;
      const problem = await jsonOf(answer);
      expect(problem).toMatchObject({ code: "NOT_CONFIGURED" });
      expect(problem.detail).toContain("KVISTA_TOKENS");
      expect(problem.detail).toContain(words);
      expect(problem.hint).toContain("wrangler secret put KVISTA_TOKENS");
    }
    expect(logged).toHaveBeenCalledTimes(routes.length);
    const health = await askFront(requestOf("GET", "/healthz"), { env, stores: boundStores });
    expect(health.status).toBe(200);
  });

  test("that is replaced holds from the next request on", async () => {
    const first = {
      KVISTA_TOKENS: '[{"token":"old","namespace":"","access":"read"}]',
      KVISTA_MEMORY: "on",
    };
    const second = { ...first, KVISTA_TOKENS: first.KVISTA_TOKENS.replace("old", "new") };
    const old = () => requestOf("GET", "/v1/memory/keys", { token: "old" });
    expect((await askFront(old(), { env: first, stores: boundStores })).status).toBe(200);
    expect((await askFront(old(), { env: second, stores: boundStores })).status).toBe(401);
    expect((await askFront(old(), { env: first, stores: boundStores })).status).toBe(200);
  });
});

test("a token that may only read is refused every write, batches included, with 403", async () => {
  const key = `${freshPrefix()}read`;
  const path = keyPath("do", key);
  await ask("PUT", path, { token: tokens.writerA, body: "1" });
  const token = tokens.readerA;
  const batches = [`{"set":[{"key":"${key}","value":"2"}]}`, `{"delete":["${key}"]}`];
  const writes = [
    await ask("PUT", path, { token, body: "2" }),
    await ask("PATCH", path, { token, body: "{}", headers: mergePatch }),
    await ask("DELETE", path, { token }),
    ...(await Promise.all(
      batches.map((body) => ask("POST", "/v1/do/batch", { token, body, headers: json })),
    )),
  ];
  for (const refused of writes) {
    expect(refused.status).toBe(403);
    expect(await jsonOf(refused)).toMatchObject({ code: "FORBIDDEN" });
  }
  expect(await (await ask("GET", path, { token })).text()).toBe("1");
  const read = await ask("POST", "/v1/do/batch", {
    token,
    body: `{"get":["${key}"]}`,
    headers: json,
  });
  expect((await jsonOf(read)).get).toEqual([{ key, status: 200, value: "1" }]);
  expect((await ask("GET", `/v1/do/keys?prefix=${key}`, { token })).status).toBe(200);
});

describe.each(["kv", "do", "memory"])("the namespace of a token, in the store %s,", (store) => {
  test("is all that the token sees, on every route", async () => {
    const prefix = freshPrefix();
    const path = keyPath(store, `${prefix}key`);
    await ask("PUT", path, { token: tokens.writerA, body: "a" });
    await ask("PUT", path, { token: tokens.writerB, body: "b" });

    expect(await (await ask("GET", path, { token: tokens.readerA })).text()).toBe("a");
    expect(await (await ask("GET", path, { token: tokens.writerB })).text()).toBe("b");
    expect((await ask("GET", path)).status).toBe(404);
    const whole = keyPath(store, `tenant-a/${prefix}key`);
    expect(await (await ask("GET", whole)).text()).toBe("a");
    const climbing = keyPath(store, `../tenant-a/${prefix}key`);
    expect((await ask("GET", climbing, { token: tokens.writerB })).status).toBe(404);

    for (const values of ["", "&values=true"]) {
      const list = `/v1/${store}/keys?prefix=${prefix}${values}`;
      const text = await (await ask("GET", list, { token: tokens.writerB })).text();
      expect(text).toContain(`${prefix}key`);
      expect(text).not.toContain("tenant-");
      expect(text).not.toContain('"a"');
      const outside = `/v1/${store}/keys?prefix=tenant-a/${values}`;
      const none = await jsonOf(await ask("GET", outside, { token: tokens.writerB }));
      expect(none.keys ?? none.entries).toEqual([]);
    }

    const body = JSON.stringify({
      set: [{ key: `${prefix}more`, value: "b" }],
      delete: [`${prefix}key`],
      get: [`${prefix}key`, `tenant-a/${prefix}key`],
    });
    const batch = await ask("POST", `/v1/${store}/batch`, {
      token: tokens.writerB,
      body,
      headers: json,
    });
    expect((await jsonOf(batch)).get).toMatchObject([{ status: 404 }, { status: 404 }]);
    expect(await (await ask("GET", path, { token: tokens.writerA })).text()).toBe("a");
    const more = keyPath(store, `${prefix}more`);
    expect((await ask("GET", more, { token: tokens.writerA })).status).toBe(404);
    await ask("DELETE", path, { token: tokens.writerB });
    expect((await ask("GET", path, { token: tokens.writerA })).status).toBe(200);
  });

  test("is the only one in which its cursors are good", async () => {
    const prefix = freshPrefix();
    for (const token of [tokens.writerA, tokens.writerB]) {
      for (const name of ["1", "2", "3"]) {
        await ask("PUT", keyPath(store, prefix + name), { token, body: name });
      }
    }
    const list = `/v1/${store}/keys?prefix=${prefix}&limit=1`;
    const page = await jsonOf(await ask("GET", list, { token: tokens.writerA }));
    const next = `${list}&cursor=${encodeURIComponent(String(page.cursor))}`;
    const own = await jsonOf(await ask("GET", next, { token: tokens.readerA }));
    expect(own.keys).toEqual([`${prefix}2`]);
    for (const query of [next, `${next}&values=true`]) {
      const foreign = await ask("GET", query, { token: tokens.writerB });
      expect(foreign.status).toBe(400);
      expect(await jsonOf(foreign)).toMatchObject({ code: "INVALID_ARGUMENT" });
    }
  });
});
