// What Uploadista's core does with a store, over any of ours: its typed stores, its circuit breaker and
// its queue of dead letters. The tests take the store as core does, by the tag.
import { Effect, Exit, Layer } from "effect";
import { describe, expect, test } from "vitest";
import { circuitBreakerStore } from "./circuit-breaker.ts";
import {
  type BaseKvStore,
  BaseKvStoreService,
  FlowJobKVStore,
  flowJobKvStore,
  TypedKvStore,
  UploadFileKVStore,
  uploadFileKvStore,
} from "./core.ts";
import { deadLetterQueue } from "./dead-letter-queue.ts";

/** Hands out the layer of a store that no other test uses at that time. */
export type WithLayer = (
  use: (layer: Layer.Layer<BaseKvStoreService>) => Promise<void>,
) => Promise<void>;

const run = Effect.runPromise;

/** The failure of an effect. */
export async function failureOf<E>(effect: Effect.Effect<unknown, E>): Promise<E> {
  return run(Effect.flip(effect));
}

/** Registers the tests of core's consumers over that store. `listsKeys`: whether it has `list`. */
export function testConsumers(name: string, withLayer: WithLayer, listsKeys = true): void {
  const withBase = (use: (base: BaseKvStore) => Promise<void>) =>
    withLayer(async (layer) => use(await run(Effect.provide(BaseKvStoreService, layer))));

  describe(`over ${name}`, () => {
    test("core's layers of uploads and flow jobs share the store, each below its own prefix", () =>
      withLayer(async (layer) => {
        const program = Effect.gen(function* () {
          const uploads = yield* UploadFileKVStore;
          const jobs = yield* FlowJobKVStore;
          const base = yield* BaseKvStoreService;
          yield* uploads.set("u1", { id: "u1", offset: 0 });
          yield* jobs.set("j1", { id: "j1", status: "running", createdAt: new Date(0) });
          expect(yield* uploads.get("u1")).toEqual({ id: "u1", offset: 0 });
          expect(yield* jobs.get("j1")).toMatchObject({ createdAt: "1970-01-01T00:00:00.000Z" });
          expect(yield* base.get("uploadista:upload-file:u1")).toBe('{"id":"u1","offset":0}');
          yield* uploads.delete("u1");
          yield* jobs.delete("j1");
        });
        const typed = Layer.mergeAll(uploadFileKvStore, flowJobKvStore);
        await run(Effect.provide(program, Layer.provideMerge(typed, layer)));
      }));

    test("a typed store fails a missing key with FILE_NOT_FOUND, and text that is no JSON with VALIDATION_ERROR", () =>
      withBase(async (base) => {
        const { get } = new TypedKvStore(base, "uploadista:upload-file:");
        expect(await failureOf(get("missing"))).toMatchObject({
          code: "FILE_NOT_FOUND",
          status: 404,
        });
        await run(base.set("uploadista:upload-file:torn", '{"id":'));
        expect(await failureOf(get("torn"))).toMatchObject({ code: "VALIDATION_ERROR" });
        await run(base.delete("uploadista:upload-file:torn"));
      }));

    test("a typed store that is given nothing to store fails, and stores nothing", () =>
      withBase(async (base) => {
        const { get, set } = new TypedKvStore<unknown>(base, "uploadista:flow-job:");
        expect(await failureOf(set("nothing", undefined))).toMatchObject({ status: 400 });
        expect(await failureOf(get("nothing"))).toMatchObject({ code: "FILE_NOT_FOUND" });
      }));

    test("core deletes an upload's record that its data store has deleted before", () =>
      withBase(async (base) => {
        const { set, delete: remove } = new TypedKvStore(base, "uploadista:upload-file:");
        await run(set("u2", { id: "u2" }));
        await run(remove("u2"));
        await run(remove("u2"));
      }));

    test("the circuit breaker counts failures from nothing, drops what it cannot read, and is reset", () =>
      withBase(async (base) => {
        const breaker = circuitBreakerStore(base);
        expect(await run(breaker.getState("resize"))).toBeNull();
        expect(await run(breaker.incrementFailures("resize", 60_000))).toBe(1);
        expect(await run(breaker.incrementFailures("resize", 60_000))).toBe(2);
        await run(breaker.resetFailures("resize"));
        expect(await run(breaker.getState("resize"))).toMatchObject({ failureCount: 0 });
        await run(base.set("uploadista:circuit-breaker:torn", "{"));
        expect(await run(breaker.getState("torn"))).toBeNull();
        expect(await run(base.get("uploadista:circuit-breaker:torn"))).toBeNull();
        await run(breaker.delete("resize"));
      }));

    if (!listsKeys) {
      test("a store without a list says so to the typed store, and has no statistics", () =>
        withBase(async (base) => {
          const { list } = new TypedKvStore(base, "uploadista:dlq:");
          expect(await failureOf(list())).toMatchObject({ status: 501 });
          expect(await run(circuitBreakerStore(base).getAllStats())).toEqual(new Map());
        }));
      return;
    }

    test("a typed store lists its own keys without their prefix", () =>
      withBase(async (base) => {
        const { set, list, delete: remove } = new TypedKvStore(base, "uploadista:upload-file:");
        const ids = ["a", "b/c", "c:uploadista:upload-file:d"];
        for (const id of ids) await run(set(id, { id }));
        await run(base.set("uploadista:upload", "{}"));
        expect((await run(list())).sort()).toEqual(ids);
        for (const id of ids) await run(remove(id));
        await run(base.delete("uploadista:upload"));
      }));

    test("the circuit breaker's statistics hold every type of node by its own name", () =>
      withBase(async (base) => {
        const breaker = circuitBreakerStore(base);
        await run(breaker.incrementFailures("resize", 60_000));
        await run(breaker.incrementFailures("describe-image", 60_000));
        const stats = await run(breaker.getAllStats());
        expect([...stats.keys()].sort()).toEqual(["describe-image", "resize"]);
        await run(breaker.delete("resize"));
        await run(breaker.delete("describe-image"));
      }));

    test("the queue of dead letters finds what is due, counts, and lets go of items", () =>
      withBase(async (base) => {
        const queue = deadLetterQueue(base);
        const item = { status: "pending", retryCount: 0, maxRetries: 2 } as const;
        expect(await run(queue.getOption("dlq_none"))).toBeNull();
        await run(queue.add({ ...item, id: "dlq_due", nextRetryAt: new Date(1000) }));
        await run(queue.add({ ...item, id: "dlq_later", nextRetryAt: new Date(9000) }));
        const due = await run(queue.getScheduledRetries(new Date(2000)));
        expect(due.map(({ id }) => id)).toEqual(["dlq_due"]);
        await run(queue.markRetrying("dlq_due"));
        expect(await run(queue.getStats())).toMatchObject({ pending: 1, retrying: 1 });
        await run(queue.recordRetryFailure("dlq_due"));
        await run(queue.recordRetryFailure("dlq_due"));
        expect(await run(queue.get("dlq_due"))).toMatchObject({ status: "exhausted" });
        for (const id of ["dlq_due", "dlq_later", "dlq_due"]) await run(queue.delete(id));
        expect(await run(queue.getStats())).toMatchObject({ pending: 0, exhausted: 0 });
      }));

    test("a key that no store takes is a failure that names the rule, never a defect", () =>
      withBase(async (base) => {
        for (const key of ["", ".", "a\0b", "k".repeat(513), "\ud800", undefined as never]) {
          const exit = await Effect.runPromiseExit(base.get(key));
          expect(Exit.isFailure(exit) && exit.cause).toMatchObject({
            _tag: "Fail",
            error: {
              _tag: "UploadistaError",
              code: "VALIDATION_ERROR",
              status: 400,
              cause: { code: "INVALID_KEY" },
            },
          });
        }
      }));
  });
}
