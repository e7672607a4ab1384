// The effects of the drop-in: when they do their work, what they fail with, and what a layer stands for.
import { writeFile } from "node:fs/promises";
import { Effect, Exit, Fiber, Layer } from "effect";
import { describe, expect, test } from "vitest";
import {
  type BaseKvStore,
  BaseKvStoreService,
  baseStore,
  cloudflareKvStore,
  fileKvStore,
  ioRedisKvStore,
  KvError,
  makeCloudflareBaseKvStore,
  makeCloudflareDoFlowStore,
  makeCloudflareDoUploadStore,
  makeDurableObjectBaseKvStore,
  makeFileBaseKvStore,
  makeIoRedisBaseKvStore,
  makeMemoryBaseKvStore,
  makeRedisBaseKvStore,
  memoryKvStore,
  redisKvStore,
  UploadistaError,
} from "../../../bindings/entries/uploadista.node.ts";
import { withFrozenClock } from "../../conformance/clock.ts";
import { failureOf } from "../../uploadista/consumers.ts";
import * as core from "../../uploadista/core.ts";
import { withDirectory } from "../file/directory.ts";

const run = Effect.runPromise;

/** A client of Redis in memory, whose first calls fail. */
function flaky(failures: number) {
  const held = new Map<string, string>();
  let left = failures;
  const calls: string[] = [];
  const called = async <T>(name: string, work: () => T): Promise<T> => {
    calls.push(name);
    if (left > 0) {
      left -= 1;
      throw new Error("ERR refused for the test");
    }
    return work();
  };
  const redis = {
    get: (key: string) => called("get", () => held.get(key) ?? null),
    set: (key: string, value: string) => called("set", () => held.set(key, value)),
    del: (key: string | string[]) => called("del", () => Number(held.delete(key as string))),
    scan: () => called("scan", () => ({ cursor: "0", keys: [...held.keys()] })),
  };
  return { redis, calls, held };
}

describe("an effect", () => {
  test("M1: does nothing until it runs", async () => {
    const store = makeMemoryBaseKvStore();
    const set = store.set("key", "1");
    const get = store.get("key");
    expect(await run(get)).toBeNull();
    await run(set);
    expect(await run(get)).toBe("1");
    const remove = store.delete("key");
    expect(await run(get)).toBe("1");
    await run(remove);
    expect(await run(get)).toBeNull();
  });

  test("does its work at each run, and so a retry helps", async () => {
    const { redis, calls } = flaky(2);
    const store = makeRedisBaseKvStore({ redis });
    await run(Effect.retry(store.set("key", "1"), { times: 2 }));
    expect(calls).toEqual(["set", "set", "set"]);
    expect(await run(Effect.repeatN(store.get("key"), 1))).toBe("1");
    expect(calls.slice(3)).toEqual(["get", "get"]);
  });

  test("that is interrupted gives its operation up", async () => {
    let aborted: unknown = null;
    const { promise: asked, resolve: isAsked } = Promise.withResolvers<void>();
    const never = (_key: string, call: { signal?: AbortSignal } = {}) =>
      new Promise<never>((_, reject) => {
        isAsked();
        call.signal?.addEventListener("abort", () => {
          aborted = call.signal?.reason;
          reject(aborted);
        });
      });
    const store = baseStore(() => ({ get: never }) as never, {});
    const fiber = Effect.runFork(store.get("key"));
    await asked;
    expect(Exit.isInterrupted(await run(Fiber.interrupt(fiber)))).toBe(true);
    expect(aborted).not.toBeNull();
  });
});

describe("a failure", () => {
  test("is the stand-in's class by default, with core's fields", async () => {
    const { redis } = flaky(1);
    const error = await failureOf(makeRedisBaseKvStore({ redis }).get("key"));
    expect(error).toBeInstanceOf(UploadistaError);
    expect(core.isUploadistaError(error)).toBe(false);
    expect({ ...error }).toMatchObject({
      _tag: "UploadistaError",
      code: "UNKNOWN_ERROR",
      status: 500,
      status_code: 500,
      body: "Something went wrong with that request\n",
    });
    expect(error.cause).toBeInstanceOf(KvError);
    const caught = error
      .toEffect<string>()
      .pipe(Effect.catchTag("UploadistaError", ({ status }) => Effect.succeed(`caught ${status}`)));
    expect(await run(caught)).toBe("caught 500");
  });

  test("is core's class when that is passed in, on every store", async () => {
    const { UploadistaError } = core;
    const stores = [
      makeMemoryBaseKvStore({ UploadistaError }),
      makeRedisBaseKvStore({ redis: flaky(0).redis, UploadistaError }),
      makeIoRedisBaseKvStore({ redis: flaky(0).redis as never, UploadistaError }),
      makeCloudflareBaseKvStore({ kv: undefined as never, UploadistaError }),
      makeCloudflareBaseKvStore(undefined as never, { UploadistaError }),
      makeFileBaseKvStore({ directory: "/nowhere", createDirectory: false, UploadistaError }),
      memoryKvStore({ UploadistaError }),
    ];
    for (const store of stores) {
      const error: core.UploadistaError = await failureOf(store.get(""));
      expect(core.isUploadistaError(error)).toBe(true);
      expect(error).toMatchObject({ code: "VALIDATION_ERROR", cause: { code: "INVALID_KEY" } });
    }
  });

  test("of the value is VALIDATION_ERROR, and nothing is stored", async () => {
    const store = makeMemoryBaseKvStore();
    for (const value of [undefined, 5, "\ud800", "x".repeat(26_214_401)]) {
      const error = await failureOf(store.set("key", value as string));
      expect(error).toMatchObject({ code: "VALIDATION_ERROR", status: 400 });
    }
    expect(await run(store.get("key"))).toBeNull();
  });

  test("of a directory is FILE_WRITE_ERROR for a set, and otherwise UNKNOWN_ERROR", () =>
    withDirectory(async (directory) => {
      await writeFile(directory, "a file where the directory should be");
      const store = makeFileBaseKvStore({ directory });
      expect(await failureOf(store.set("key", "1"))).toMatchObject({
        code: "FILE_WRITE_ERROR",
        status: 500,
        body: "Something went wrong receiving the file\n",
      });
      for (const effect of [store.get("key"), store.delete("key"), store.list("")]) {
        expect(await failureOf(effect)).toMatchObject({ code: "UNKNOWN_ERROR", status: 500 });
      }
    }));

  test("of what a store is made of comes with the first effect, and says what to pass", async () => {
    const nothing = {} as never;
    const stores = {
      redis: makeRedisBaseKvStore({ redis: nothing }),
      "client of ioredis": makeIoRedisBaseKvStore({ redis: nothing }),
      KV: makeCloudflareBaseKvStore(nothing),
      directory: makeFileBaseKvStore(nothing),
      "url names no store": makeRedisBaseKvStore({ url: "http://127.0.0.1" }),
      "url names no Redis": makeRedisBaseKvStore({ url: "memory:" }),
      "whole number": makeMemoryBaseKvStore({ maxBytes: 0.5 }),
    };
    for (const [said, store] of Object.entries(stores)) {
      const { cause } = (await failureOf(store.get("key"))) as { cause?: unknown };
      expect(cause).toBeInstanceOf(KvError);
      const { message, hint } = cause as KvError;
      expect(`${message}; ${hint}`).toContain(said);
    }
  });
});

describe("a layer", () => {
  const service = (layer: Layer.Layer<BaseKvStoreService>) =>
    run(Effect.provide(BaseKvStoreService, layer));

  test("is one store, however often it is built", async () => {
    const layer = memoryKvStore();
    await run((await service(layer)).set("key", "1"));
    expect(await run((await service(layer)).get("key"))).toBe("1");
    expect(await run((await service(Layer.fresh(layer))).get("key"))).toBe("1");
  });

  test("M2: is another store for each call of memoryKvStore, and one store for all who pass it as it is", async () => {
    expect(Layer.isLayer(memoryKvStore)).toBe(true);
    const [one, other, shared] = [memoryKvStore(), memoryKvStore(), memoryKvStore];
    await run((await service(one)).set("M2", "1"));
    expect(await run((await service(other)).get("M2"))).toBeNull();
    expect(await run((await service(shared)).get("M2"))).toBeNull();
    await run((await service(shared)).set("M2", "2"));
    expect(await run((await service(memoryKvStore)).get("M2"))).toBe("2");
    await run((await service(shared)).delete("M2"));
  });

  test("is composed as layers are, called or not", async () => {
    for (const layer of [memoryKvStore, memoryKvStore()]) {
      const provided = core.uploadFileKvStore.pipe(Layer.provide(layer));
      const merged = Layer.mergeAll(provided, layer.pipe(Layer.orDie));
      const program = Effect.flatMap(core.UploadFileKVStore, (uploads) =>
        Effect.zipRight(uploads.set("m", { id: "m" }), uploads.get("m")),
      );
      expect(await run(Effect.provide(program, merged))).toEqual({ id: "m" });
    }
  });

  test("has the store's operations beside, as a document of Uploadista's uses them", async () => {
    const sessionStore = memoryKvStore();
    await run(sessionStore.set("session", "1"));
    expect(await run(sessionStore.get("session"))).toBe("1");
    expect(await run(sessionStore.list("sess"))).toEqual(["session"]);
  });

  test("that was never made, its maker passed in its place, says how to make it", async () => {
    for (const maker of [redisKvStore, ioRedisKvStore, cloudflareKvStore, fileKvStore]) {
      const built = service(maker as unknown as Layer.Layer<BaseKvStoreService>);
      await expect(built).rejects.toThrow(/this is the maker of the layer.*KvStore\(\{/);
    }
  });
});

describe("a memory store", () => {
  test("M3: lists full keys as Uploadista's does, but without the prefix to the circuit breaker", async () => {
    const store = makeMemoryBaseKvStore();
    for (const key of ["a:2", "a:1", "uploadista:circuit-breaker:resize"]) {
      await run(store.set(key, "1"));
    }
    expect(await run(store.list("a:"))).toEqual(["a:1", "a:2"]);
    expect(await run(store.list("uploadista:circuit-breaker:"))).toEqual(["resize"]);
  });

  test("lists more keys than one list of ours may hold", async () => {
    const store = makeMemoryBaseKvStore();
    await run(
      Effect.forEach(Array.from({ length: 100_001 }), (_, i) => store.set(`k${i}`, ""), {
        discard: true,
      }),
    );
    expect(new Set(await run(store.list("k"))).size).toBe(100_001);
  });

  test("M4: has a bound, and lets go of what is not set again when that is asked for", async () => {
    const small = makeMemoryBaseKvStore({ maxBytes: 10_000 });
    const { cause } = (await failureOf(small.set("key", "x".repeat(20_000)))) as {
      cause?: unknown;
    };
    expect(cause).toMatchObject({ code: "OUT_OF_MEMORY" });
    const store = makeMemoryBaseKvStore({ expireAfter: 1 });
    await withFrozenClock(async (clock) => {
      await run(store.set("short", "1"));
      expect(await run(store.get("short"))).toBe("1");
      await clock.advance(2);
      expect(await run(store.get("short"))).toBeNull();
      expect(await run(store.list(""))).toEqual([]);
    });
  });

  test("is closed when asked to", async () => {
    const store = makeMemoryBaseKvStore();
    await run(store.set("key", "1"));
    await run(store.close());
    expect(await failureOf(store.get("key"))).toMatchObject({ cause: { code: "CLOSED" } });
    const unused = makeMemoryBaseKvStore();
    await run(unused.close());
    expect(await failureOf(unused.get("key"))).toMatchObject({ cause: { code: "CLOSED" } });
  });
});

test("a client of four methods is called by no other, and refuses what it cannot do", async () => {
  const { redis, calls, held } = flaky(0);
  const store = makeRedisBaseKvStore({ redis });
  await run(store.set("p:a", "1"));
  expect(await run(store.get("p:a"))).toBe("1");
  expect(await run(store.list("p:"))).toEqual(["a"]);
  await run(store.delete("p:a"));
  expect(calls).toEqual(["set", "get", "scan", "del"]);
  expect(held.size).toBe(0);
  const expiring = makeRedisBaseKvStore({ redis, expireAfter: 60 });
  expect(await failureOf(expiring.set("p:a", "1"))).toMatchObject({
    cause: { code: "UNSUPPORTED" },
  });
});

test("a namespace keeps the keys of two stores over one client apart", async () => {
  const { redis, held } = flaky(0);
  const store = makeRedisBaseKvStore({ redis, keyNamespace: "tenant/" });
  await run(store.set("key", "1"));
  expect([...held]).toEqual([["tenant/key", "1"]]);
  expect(await run(store.list(""))).toEqual(["key"]);
});

describe("a configuration that is missing", () => {
  const makers = [
    makeRedisBaseKvStore,
    makeIoRedisBaseKvStore,
    makeFileBaseKvStore,
    makeCloudflareBaseKvStore,
    makeDurableObjectBaseKvStore,
    makeCloudflareDoUploadStore,
    makeCloudflareDoFlowStore,
  ] as unknown as ((nothing: undefined) => BaseKvStore)[];
  test.each(makers)("throws nothing from %o, and fails the first effect", async (make) => {
    const error = await failureOf(make(undefined).get("key"));
    expect(error).toBeInstanceOf(UploadistaError);
    expect(error.cause).toBeInstanceOf(Error);
  });
});
