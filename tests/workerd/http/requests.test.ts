// What the front refuses by itself: paths, methods, queries, headers and bodies.
import { describe, expect, test } from "vitest";
import { boundStores } from "../../../worker/stores.ts";
import { ask, askFront, freshPrefix, jsonOf, keyPath, requestOf } from "./session.ts";

const mebibyte = 1024 * 1024;
const json = { "Content-Type": "application/json" };
const mergePatch = { "Content-Type": "application/merge-patch+json" };

test("the health of the Worker is told without a token", async () => {
  const health = await ask("GET", "/healthz", { token: null });
  expect(health.status).toBe(200);
  const body = await jsonOf(health);
  expect(body).toMatchObject({ status: "ok", stores: ["kv", "do", "memory"] });
  expect(body.version).toMatch(/^\d+\.\d+\.\d+/);
  expect((await ask("HEAD", "/healthz", { token: null })).status).toBe(200);
});

test("the store memory is served only where it is switched on", async () => {
  const env = { KVISTA_TOKENS: '[{"token":"t","namespace":"","access":"read"}]' };
  const health = await askFront(requestOf("GET", "/healthz"), { env, stores: boundStores });
  expect((await jsonOf(health)).stores).toEqual([]);
  const request = requestOf("GET", "/v1/memory/keys", { token: "t" });
  expect((await askFront(request, { env, stores: boundStores })).status).toBe(404);
});

describe("a request that no route has", () => {
  test.each(["/", "/v1", "/v1/kv", "/v2/kv/keys", "/v1/kv/keyz/a", "/v1/kv/batch/a", "/healthz/a"])(
    "is 404 at %s",
    async (path) => {
      const answer = await ask("GET", path);
      expect(answer.status).toBe(404);
      expect(await jsonOf(answer)).toMatchObject({ code: "UNKNOWN_ROUTE" });
    },
  );

  test("is 404 for an unknown store, and names those that exist", async () => {
    for (const path of ["/v1/redis/keys", "/v1/redis/keys/a", "/v1/constructor/keys/a"]) {
      const answer = await ask("GET", path);
      expect(answer.status).toBe(404);
      const problem = await jsonOf(answer);
      expect(problem.code).toBe("UNKNOWN_STORE");
      expect(problem.hint).toContain("kv, do, memory");
    }
    expect((await ask("POST", "/v1/redis/batch", { body: "{}", headers: json })).status).toBe(404);
    expect((await ask("POST", "/v1/redis/keys/a")).status).toBe(404);
  });

  test.each([
    ["POST", "/healthz", "GET, HEAD"],
    ["POST", "/v1/kv/keys", "GET, HEAD"],
    ["DELETE", "/v1/kv/keys", "GET, HEAD"],
    ["POST", "/v1/kv/keys/a", "GET, HEAD, PUT, PATCH, DELETE"],
    ["OPTIONS", "/v1/kv/keys/a", "GET, HEAD, PUT, PATCH, DELETE"],
    ["GET", "/v1/kv/batch", "POST"],
  ])("is 405 for %s %s, with Allow", async (method, path, allow) => {
    const answer = await ask(method, path);
    expect(answer.status).toBe(405);
    expect(answer.headers.get("Allow")).toBe(allow);
    expect(await jsonOf(answer)).toMatchObject({ code: "METHOD_NOT_ALLOWED" });
  });
});

describe("a key", () => {
  test.each(["%", "%2", "a%zz", "%%20", "%FF", "%C3", "%ED%A0%80", "%C0%AF"])(
    "is 400 if its percent-encoding is malformed: %s",
    async (encoded) => {
      const answer = await ask("GET", `/v1/do/keys/${encoded}`);
      expect(answer.status).toBe(400);
      expect(await jsonOf(answer)).toMatchObject({ code: "INVALID_KEY" });
    },
  );

  test("is 400 if the contract refuses it", async () => {
    for (const key of ["", "a\0b", "k".repeat(513)]) {
      for (const store of ["kv", "do", "memory"]) {
        const answer = await ask("PUT", keyPath(store, key), { body: "x" });
        expect(answer.status).toBe(400);
        expect(await jsonOf(answer)).toMatchObject({ code: "INVALID_KEY" });
      }
    }
    expect((await ask("PUT", keyPath("do", "k".repeat(512)), { body: "x" })).status).toBe(204);
  });
});

test.each([
  "ttl=60&expiresAt=4000000000",
  "ttl=0",
  "ttl=-1",
  "ttl=1.5",
  "ttl=1e3",
  "ttl=",
  "ttl=99999999999999999999",
  "ttl=60&ttl=61",
  "tttl=60",
  "expiresAt=soon",
  "expiresAt=%zz",
])("a write with ?%s is 400, and writes nothing", async (query) => {
  const path = keyPath("do", `${freshPrefix()}query`);
  const answer = await ask("PUT", `${path}?${query}`, { body: "x" });
  expect(answer.status).toBe(400);
  expect(await jsonOf(answer)).toMatchObject({ code: "INVALID_ARGUMENT" });
  expect((await ask("GET", path)).status).toBe(404);
});

test.each([
  ["PUT", { "If-Match": '"a"', "If-None-Match": "*" }],
  ["PUT", { "If-None-Match": '"a"' }],
  ["PUT", { "If-Match": "*" }],
  ["PUT", { "If-Match": "a" }],
  ["PUT", { "If-Match": '"a' }],
  ["PUT", { "If-Match": '"a" "b"' }],
  ["PUT", { "If-Match": "," }],
  ["PUT", { "If-Match": 'w/"a"' }],
  ["DELETE", { "If-None-Match": "*" }],
  ["PATCH", { "If-None-Match": "*", ...mergePatch }],
  ["GET", { "If-None-Match": "a" }],
])("%s with the conditions %o is 400", async (method, headers) => {
  const body = method === "PUT" || method === "PATCH" ? { body: "{}" } : {};
  const sent = Object.fromEntries(Object.entries(headers));
  const answer = await ask(method, keyPath("do", "conditions"), { headers: sent, ...body });
  expect(answer.status).toBe(400);
  expect(await jsonOf(answer)).toMatchObject({ code: "INVALID_ARGUMENT" });
});

describe("a body", () => {
  test("of another type is 415, and told which one is wanted", async () => {
    const path = keyPath("do", "typed");
    for (const type of ["application/json", "text/plain"]) {
      const patch = await ask("PATCH", path, { body: "{}", headers: { "Content-Type": type } });
      expect(patch.status).toBe(415);
      expect(patch.headers.get("Accept-Patch")).toBe("application/merge-patch+json");
    }
    expect((await ask("PATCH", path, { body: "{}" })).status).toBe(415);
    expect((await ask("POST", "/v1/do/batch", { body: "{}" })).status).toBe(415);
    for (const headers of [
      { "Content-Type": "text/plain; charset=iso-8859-1" },
      { "Content-Encoding": "gzip" },
    ]) {
      const put = await ask("PUT", path, { body: "x", headers });
      expect(put.status).toBe(415);
      expect(await jsonOf(put)).toMatchObject({ code: "UNSUPPORTED_MEDIA_TYPE" });
    }
  });

  test("of a value may name any type whose charset is UTF-8", async () => {
    const path = keyPath("do", `${freshPrefix()}typed`);
    for (const type of ["text/plain;charset=UTF-8", 'text/plain; charset="utf-8"', "image/png"]) {
      const put = await ask("PUT", path, { body: "x", headers: { "Content-Type": type } });
      expect(put.status).toBe(204);
    }
  });

  test.each(["kv", "do", "memory"])("that is not UTF-8 is 400 in %s", async (store) => {
    for (const bytes of [[0xff], [0x61, 0xc3], [0xed, 0xa0, 0x80], [0xc0, 0xaf]]) {
      const path = keyPath(store, `${freshPrefix()}bytes`);
      const put = await ask("PUT", path, { body: new Uint8Array(bytes) });
      expect(put.status).toBe(400);
      expect(await jsonOf(put)).toMatchObject({ code: "INVALID_VALUE" });
      expect((await ask("GET", path)).status).toBe(404);
    }
    const batch = await ask("POST", `/v1/${store}/batch`, {
      body: new Uint8Array([0x7b, 0xff]),
      headers: json,
    });
    expect(batch.status).toBe(400);
  });

  test.each([
    ["PUT", keyPath("do", "large"), {}, 25],
    ["PATCH", keyPath("do", "large"), mergePatch, 4],
    ["POST", "/v1/do/batch", json, 32],
  ])("of %s %s that declares too much is 413 at once", async (method, path, headers, limit) => {
    let pulled = 0;
    const body = endless(() => (pulled += 1));
    const declared = { ...headers, "Content-Length": String(limit * mebibyte + 1) };
    const request = requestOf(method, path, { headers: declared, body });
    const env = { KVISTA_TOKENS: '[{"token":"kvista-dev","namespace":"","access":"write"}]' };
    const stores = { names: () => ["do"], open: () => boundStores.open(memoryOn, "memory", "") };
    const answer = await askFront(request, { env, stores });
    expect(answer.status).toBe(413);
    expect((await jsonOf(answer)).detail).toContain(String(limit * mebibyte));
    expect(pulled).toBeLessThanOrEqual(1);
  });

  test.each([
    ["PUT", keyPath("do", "large"), {}, 25],
    ["PATCH", keyPath("do", "large"), mergePatch, 4],
    ["POST", "/v1/do/batch", json, 32],
  ])(
    "of %s %s that turns out too long is 413, and not read to its end",
    async (method, path, headers, limit) => {
      let pulled = 0;
      const request = requestOf(method, path, { headers, body: endless(() => (pulled += 1)) });
      const env = { KVISTA_TOKENS: '[{"token":"kvista-dev","namespace":"","access":"write"}]' };
      const stores = { names: () => ["do"], open: () => boundStores.open(memoryOn, "memory", "") };
      const answer = await askFront(request, { env, stores });
      expect(answer.status).toBe(413);
      expect(await jsonOf(answer)).toMatchObject({ code: "TOO_LARGE" });
      expect(pulled).toBeLessThanOrEqual(limit + 2);
    },
  );
});

const memoryOn = { KVISTA_MEMORY: "on" };

// A body that never ends, in chunks of 1 MiB.
function endless(pulled: () => void): ReadableStream<Uint8Array> {
  return new ReadableStream(
    {
      pull(controller) {
        pulled();
        controller.enqueue(new Uint8Array(mebibyte).fill(0x61));
      },
    },
    { highWaterMark: 0 },
  );
}
