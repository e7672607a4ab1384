// createKvStore outside a Worker: which store comes from which setting, and what it leaves behind.
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { KvError } from "../../../bindings/contract/errors.ts";
import { createKvStore } from "../../../bindings/open/create-store.node.ts";

async function failureOf(promise: Promise<unknown>): Promise<KvError> {
  const failure = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(KvError);
  return failure as KvError;
}

describe("in memory", () => {
  test("a store of its own comes from memory:", async () => {
    await using one = await createKvStore({ KVISTA_STORE: "memory:" });
    await using other = await createKvStore({ KVISTA_STORE: "memory:" });
    await one.set("k", "v");
    expect(await one.get("k")).toBe("v");
    expect(await other.get("k")).toBe(null);
  });

  test("the options are the store's", async () => {
    await using small = await createKvStore({ KVISTA_STORE: "memory:?maxBytes=2000" });
    const full = small.set("k", "v".repeat(3000));
    expect((await failureOf(full)).code).toMatch(/OUT_OF_MEMORY|TOO_LARGE/);
    await using lru = await createKvStore({
      KVISTA_STORE: "memory:?maxBytes=100000&eviction=lru&keyNamespace=n:",
    });
    for (let i = 0; i < 100; i++) await lru.set(`k${i}`, "v".repeat(3000));
    expect(await lru.get("k0")).toBe(null);
    expect(await lru.get("k99")).toBe("v".repeat(3000));
  });

  test("what the store refuses is refused", async () => {
    for (const setting of ["memory:?maxBytes=many", "memory:?maxBytes=0", "memory:?eviction=all"]) {
      expect((await failureOf(createKvStore({ KVISTA_STORE: setting }))).code).toBe(
        "INVALID_ARGUMENT",
      );
    }
  });
});

describe("in a directory", () => {
  let folder = "";

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "kvista-create-"));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  test("the store comes from file:, with its options", async () => {
    const directory = join(folder, "a b/data");
    const setting = `file:${directory}?durability=fsync&keyNamespace=up:`;
    await using store = await createKvStore({ KVISTA_STORE: setting });
    await store.set("k", "v");
    expect(await readFile(join(directory, "up:k.json"), "utf8")).toBe("v");
    await using again = await createKvStore({ KVISTA_STORE: `file://${encodeURI(directory)}` });
    expect(await again.get("up:k")).toBe("v");
  });

  test("a directory that is missing is made, unless it is not to be", async () => {
    const setting = `file:${join(folder, "none")}?createDirectory=false`;
    await using store = await createKvStore({ KVISTA_STORE: setting });
    expect(await failureOf(store.set("k", "v"))).toBeInstanceOf(KvError);
    expect(await readdir(folder)).toEqual([]);
  });

  test.each(["durability=none", "createDirectory=perhaps"])("%s is refused", async (option) => {
    const setting = `file:${folder}?${option}`;
    expect((await failureOf(createKvStore({ KVISTA_STORE: setting }))).code).toBe(
      "INVALID_ARGUMENT",
    );
  });
});

describe("a setting that is missing", () => {
  test.each([{}, { KVISTA_STORE: "" }, { KVISTA_STORE: undefined }])(
    "is refused: %j",
    async (env) => {
      const error = await failureOf(createKvStore(env));
      expect(error.code).toBe("INVALID_ARGUMENT");
      for (const one of [
        "memory:",
        "file:",
        "redis://",
        "rediss://",
        "redis-cluster:",
        "redis-sentinel:",
      ]) {
        expect(error.hint).toContain(one);
      }
    },
  );
});
