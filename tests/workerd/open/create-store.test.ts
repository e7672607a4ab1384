// createKvStore in a Worker: which store comes from which bindings, and what is said of wrong ones.
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { KvError } from "../../../bindings/contract/errors.ts";
import {
  createKvStore,
  type StoreEnvironment,
} from "../../../bindings/open/create-store.workerd.ts";
import type { Env } from "../../../worker/env.ts";
import { freshPrefix, rejectionOf } from "../support/bindings.ts";

const { UPLOADISTA_KV, KVISTA_OBJECTS, KVISTA_CATALOG, KVISTA_REDIS } = env as Required<Env>;
const kv = { UPLOADISTA_KV };
const objects = { KVISTA_OBJECTS, KVISTA_CATALOG };
const redis = { KVISTA_REDIS, REDIS_URL: "redis://:hunter2@127.0.0.1:1" };
const memory = { KVISTA_MEMORY: "on" };

const chosen: readonly (readonly [name: string, env: StoreEnvironment])[] = [
  ["cloudflare-kv", kv],
  ["durable-object", objects],
  ["redis", redis],
  ["memory", memory],
  ["cloudflare-kv", { ...kv, ...objects, ...redis, ...memory, KVISTA_STORE: "kv" }],
  ["durable-object", { ...kv, ...objects, ...redis, ...memory, KVISTA_STORE: "do" }],
  ["redis", { ...kv, ...objects, ...redis, ...memory, KVISTA_STORE: "redis" }],
  ["memory", { ...kv, ...objects, ...redis, ...memory, KVISTA_STORE: "memory" }],
  ["memory", { ...memory, KVISTA_STORE: "memory:" }],
  // Half of what a store needs is not that store.
  ["cloudflare-kv", { ...kv, KVISTA_OBJECTS, KVISTA_REDIS }],
];

test.each(chosen)("the store is %s", async (name, bindings) => {
  expect((await createKvStore(bindings)).name).toBe(name);
});

test("each call gives the same data, and closing one store leaves the others open", async () => {
  for (const bindings of [kv, objects, memory]) {
    const key = freshPrefix();
    const one = await createKvStore(bindings);
    const other = await createKvStore(bindings);
    await one.set(key, "v");
    await one.close();
    expect(await rejectionOf(one.get(key))).toMatchObject({ code: "CLOSED" });
    expect(await other.get(key)).toBe("v");
  }
});

const refused: readonly (readonly [what: string, env: StoreEnvironment, hint: RegExp])[] = [
  ["nothing", {}, /UPLOADISTA_KV.*KVISTA_OBJECTS.*KVISTA_REDIS.*REDIS_URL.*KVISTA_MEMORY/],
  ["several stores", { ...kv, ...objects }, /KVISTA_STORE to one of kv, do/],
  ["another name", { ...kv, KVISTA_STORE: "hunter2" }, /KVISTA_STORE to one of kv/],
  ["a name of every object", { ...kv, KVISTA_STORE: "constructor" }, /one of kv/],
  ["a store without its binding", { ...kv, KVISTA_STORE: "do" }, /KVISTA_CATALOG/],
  ["Redis without its secret", { ...kv, KVISTA_REDIS, KVISTA_STORE: "redis" }, /REDIS_URL/],
];

describe("INVALID_ARGUMENT, with what to set, comes of", () => {
  test.each(refused)("%s", async (_, bindings, hint) => {
    const error = (await rejectionOf(createKvStore(bindings))) as KvError;
    expect(error).toBeInstanceOf(KvError);
    expect(error.code).toBe("INVALID_ARGUMENT");
    expect(error.hint).toMatch(hint);
    expect(JSON.stringify(error)).not.toContain("hunter2");
  });
});
