// Failures: every status of the table, what an answer tells, and what the log never holds.
import { afterEach, describe, expect, test, vi } from "vitest";
import type { ByteStore } from "../../../bindings/contract/bytes.ts";
import { codes, KvError, type KvErrorCode } from "../../../bindings/contract/errors.ts";
import { answers } from "../../../worker/problem.ts";
import { boundStores, type Stores } from "../../../worker/stores.ts";
import { askFront, jsonOf, requestOf, storeWith } from "./session.ts";

const token = "secret-token-1234";
const value = "secret-value-5678";
const env = {
  KVISTA_TOKENS: JSON.stringify([{ token, namespace: "", access: "write" }]),
  KVISTA_MEMORY: "on",
};

// A store that fails every operation: only the failure is made up.
function failing(thrown: () => unknown): Stores {
  const store = boundStores.open(env, "memory", "") as ByteStore;
  const fail = async () => {
    throw thrown();
  };
  const broken = storeWith(store, {
    entryBytes: fail,
    setBytes: fail,
    page: fail,
    delete: fail,
    patchBytes: fail,
    getMany: fail,
  });
  return { names: () => ["do"], open: () => broken };
}

function failureOf(code: KvErrorCode, more: { cause?: unknown } = {}): KvError {
  const about = { store: "do", operation: "set", key: "the-key", retryable: false };
  return new KvError({ code, message: "what happened", hint: "what to do", ...about, ...more });
}

const requests: readonly (readonly [method: string, path: string, type?: string])[] = [
  ["GET", "/v1/do/keys/the-key"],
  ["PUT", "/v1/do/keys/the-key"],
  ["PATCH", "/v1/do/keys/the-key", "application/merge-patch+json"],
  ["DELETE", "/v1/do/keys/the-key"],
  ["GET", "/v1/do/keys"],
  ["GET", "/v1/do/keys?values=true"],
];

async function askAll(stores: Stores): Promise<Response[]> {
  return Promise.all(
    requests.map(([method, path, type]) => {
      const headers: { [name: string]: string } =
        type === undefined ? {} : { "Content-Type": type };
      const body = method === "PUT" || method === "PATCH" ? { body: JSON.stringify(value) } : {};
      return askFront(requestOf(method, path, { token, headers, ...body }), { env, stores });
    }),
  );
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("a failure of the store", () => {
  test.each(codes)("with %s has the status of the table, on every route", async (code) => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    const { status } = answers[code];
    for (const answer of await askAll(failing(() => failureOf(code)))) {
      expect(answer.status).toBe(status);
      expect(answer.headers.get("Content-Type")).toBe("application/problem+json");
      expect(answer.headers.get("Retry-After") !== null).toBe(status === 429 || status === 503);
      const problem = await jsonOf(answer);
      expect(problem).toEqual({
        type: "about:blank",
        title: expect.any(String),
        status,
        detail: "what happened",
        code,
        key: "the-key",
        hint: "what to do",
        requestId: answer.headers.get("Kvista-Request-Id"),
      });
    }
    expect(logged).toHaveBeenCalledTimes(status >= 500 ? requests.length : 0);
  });

  test("that is no error of ours is a 500 which tells nothing of it", async () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    for (const answer of await askAll(failing(() => new TypeError(`cannot read ${value}`)))) {
      expect(answer.status).toBe(500);
      const text = await answer.text();
      expect(JSON.parse(text)).toMatchObject({ code: "INTERNAL", key: null });
      expect(text).not.toContain(value);
    }
    expect(logged).toHaveBeenCalledTimes(requests.length);
  });
});

test("the table answers with these statuses and no others", () => {
  const statuses = new Set(Object.values(answers).map(({ status }) => status));
  expect([...statuses].sort()).toEqual([
    400, 401, 403, 404, 405, 412, 413, 415, 429, 500, 501, 503, 504,
  ]);
});

test("the log of a failure is one JSON line, with the answer's request id and no secret", async () => {
  const logged = vi.spyOn(console, "error").mockImplementation(() => {});
  const cause = new Error(`the backend said ${value}`);
  const answered = await askAll(failing(() => failureOf("UNAVAILABLE", { cause })));
  const lines = logged.mock.calls.map(([line, ...rest]) => {
    expect(rest).toEqual([]);
    expect(typeof line).toBe("string");
    expect(line).not.toContain("\n");
    return JSON.parse(String(line));
  });
  expect(lines.map(({ requestId }) => requestId).sort()).toEqual(
    answered.map(({ headers }) => headers.get("Kvista-Request-Id")).sort(),
  );
  expect(lines[0]).toMatchObject({
    level: "error",
    status: 503,
    code: "UNAVAILABLE",
    operation: "set",
    store: "do",
    key: "the-key",
  });
  const told =
    JSON.stringify(lines) + (await Promise.all(answered.map((one) => one.text()))).join();
  for (const secret of [value, token, "the backend said", ".ts:", "    at "]) {
    expect(told).not.toContain(secret);
  }
});

test("the request id is Cloudflare's ray, unless it is none", async () => {
  const health = (ray: string) =>
    askFront(requestOf("GET", "/healthz", { headers: { "cf-ray": ray } }), {
      env,
      stores: boundStores,
    });
  expect((await health("8c1f2a-FRA")).headers.get("Kvista-Request-Id")).toBe("8c1f2a-FRA");
  for (const ray of ["", "a b", '"}{"', "x".repeat(65)]) {
    expect((await health(ray)).headers.get("Kvista-Request-Id")).toMatch(/^[0-9a-f-]{36}$/);
  }
});

test("a batch tells the failure of each key, and logs one line", async () => {
  const logged = vi.spyOn(console, "error").mockImplementation(() => {});
  const body = JSON.stringify({ set: [{ key: "s", value }], get: ["a", "b"] });
  const headers = { "Content-Type": "application/json" };
  const request = requestOf("POST", "/v1/do/batch", { token, body, headers });
  const stores = failing(() => failureOf("UNAVAILABLE"));
  const answer = await askFront(request, { env, stores });
  expect(answer.status).toBe(200);
  const outcomes = await jsonOf(answer);
  expect(outcomes.set).toMatchObject([{ key: "s", status: 204 }]);
  const failed = { status: 503, code: "UNAVAILABLE", detail: "what happened", hint: "what to do" };
  expect(outcomes.get).toEqual([
    { key: "a", ...failed },
    { key: "b", ...failed },
  ]);
  expect(logged).toHaveBeenCalledTimes(1);
  expect(JSON.parse(String(logged.mock.calls[0]?.[0]))).toMatchObject({ status: 503, keys: 2 });
});
