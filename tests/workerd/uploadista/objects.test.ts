// The classes that keep Uploadista's records, and the clients of such classes: Uploadista's packaged
// ones and ours, which also have to do with a class that a user wrote. D1 to D7 are what goes wrong in
// Uploadista's clients.
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import {
  makeCloudflareDoFlowStore as theirFlowStore,
  makeCloudflareDoUploadStore as theirUploadStore,
} from "@uploadista/kv-store-cloudflare-do";
import { Effect, Layer } from "effect";
import { describe, expect, test } from "vitest";
import * as entry from "../../../bindings/entries/uploadista.workerd.ts";
import { failureOf } from "../../uploadista/consumers.ts";
import * as core from "../../uploadista/core.ts";
import { bindings, freshPrefix } from "../support/bindings.ts";

const { UPLOAD_FILES, FLOW_JOBS, OWN_UPLOAD_FILES } = bindings;
const { makeCloudflareDoFlowStore, makeCloudflareDoUploadStore } = entry;
const run = Effect.runPromise;

const upload = (id: string): entry.UploadFile => ({
  id,
  offset: 5,
  storage: { id: "r2", type: "image/png", parts: [{ partNumber: 1, etag: "e", size: 5 }] },
  metadata: { name: "naïve \u{1f408}.png" },
});
const job = (id: string): entry.FlowJob => ({
  id,
  flowId: "resize",
  storageId: "r2",
  clientId: null,
  status: "running",
  createdAt: new Date(1000),
  updatedAt: new Date(2000),
  tasks: [{ nodeId: "n", status: "started", createdAt: new Date(1), updatedAt: new Date(2) }],
});

type Client = core.KvStore<unknown>;

async function exchange(one: Client, other: Client, record: { id: string }): Promise<void> {
  const { id } = record;
  expect(await failureOf(one.get(id))).toMatchObject({ code: "FILE_NOT_FOUND", status: 404 });
  await run(one.set(id, record));
  expect(await run(other.get(id))).toEqual(record);
  await run(other.set(id, { ...record, changed: true }));
  expect(await run(one.get(id))).toEqual({ ...record, changed: true });
  await run(other.delete(id));
  await run(one.delete(id));
  expect(await failureOf(other.get(id))).toMatchObject({ code: "FILE_NOT_FOUND" });
}

describe("Uploadista's packaged clients and ours agree", () => {
  test.each([
    ["our class", UPLOAD_FILES],
    ["a class that a user wrote", OWN_UPLOAD_FILES],
  ])("on uploads over %s", async (_, durableObject) => {
    const theirs = theirUploadStore({ durableObject });
    const ours = makeCloudflareDoUploadStore({ durableObject }) as Client;
    await exchange(theirs, ours, upload(freshPrefix()));
    await exchange(ours, theirs, upload(freshPrefix()));
  });

  test("on flow jobs over our class, whose dates stay dates", async () => {
    const theirs = theirFlowStore({ durableObject: FLOW_JOBS });
    const ours = makeCloudflareDoFlowStore({ durableObject: FLOW_JOBS }) as Client;
    await exchange(theirs, ours, job(freshPrefix()));
    await exchange(ours, theirs, job(freshPrefix()));
    const id = freshPrefix();
    await run(ours.set(id, job(id)));
    const found = (await run(theirs.get(id))) as entry.FlowJob;
    expect(found.tasks[0]?.createdAt).toBeInstanceOf(Date);
  });
});

describe("an object of our class", () => {
  test("has its record after it was evicted", async () => {
    const id = freshPrefix();
    const ours = makeCloudflareDoUploadStore({ durableObject: UPLOAD_FILES });
    await run(ours.set(id, upload(id)));
    await evictDurableObject(UPLOAD_FILES.getByName(id));
    expect(await run(ours.get(id))).toEqual(upload(id));
  });

  test("D5: leaves nothing behind when its record is deleted, an alarm neither", async () => {
    const id = freshPrefix();
    const stub = UPLOAD_FILES.getByName(id);
    const ours = makeCloudflareDoUploadStore({ durableObject: UPLOAD_FILES });
    await run(ours.set(id, upload(id)));
    const left = async ({ storage }: DurableObjectState) => ({
      size: (await storage.list()).size,
      alarm: await storage.getAlarm(),
    });
    await runInDurableObject(stub, (_, { storage }) => storage.setAlarm(Date.now() + 3_600_000));
    expect(await runInDurableObject(stub, (_, state) => left(state))).toMatchObject({ size: 1 });
    await run(ours.delete(id));
    expect(await runInDurableObject(stub, (_, state) => left(state))).toEqual({
      size: 0,
      alarm: null,
    });
  });

  test("keeps a record of ten thousand parts", async () => {
    const id = freshPrefix();
    const ours = makeCloudflareDoUploadStore({ durableObject: UPLOAD_FILES });
    const file = upload(id);
    file.storage.parts = Array.from({ length: 10_000 }, (_, i) => ({
      partNumber: i + 1,
      etag: crypto.randomUUID(),
      size: 5_242_880,
    }));
    await run(ours.set(id, file));
    expect(await run(ours.get(id))).toEqual(file);
  });
});

describe("our client", () => {
  /** A namespace of which the first objects are broken. */
  function breaking(namespace: DurableObjectNamespace, broken: number) {
    const calls = { named: 0, got: 0 };
    return {
      calls,
      idFromName(name: string) {
        calls.named += 1;
        return namespace.idFromName(name);
      },
      get(id: DurableObjectId): unknown {
        calls.got += 1;
        if (calls.got > broken) return namespace.get(id);
        return { getUploadFile: () => Promise.reject(new Error("broken for the test")) };
      },
    };
  }

  test("D1: asks for the object anew at each attempt, so that a retry helps", async () => {
    const id = freshPrefix();
    await run(makeCloudflareDoUploadStore({ durableObject: UPLOAD_FILES }).set(id, upload(id)));
    const durableObject = breaking(UPLOAD_FILES as never, 2);
    const get = makeCloudflareDoUploadStore({ durableObject }).get(id);
    expect(durableObject.calls).toEqual({ named: 0, got: 0 });
    expect(await run(Effect.retry(get, { times: 2 }))).toEqual(upload(id));
    expect(durableObject.calls).toEqual({ named: 3, got: 3 });
  });

  test("D1: works again after the object was aborted", async () => {
    const id = freshPrefix();
    const ours = makeCloudflareDoUploadStore({ durableObject: UPLOAD_FILES });
    await run(ours.set(id, upload(id)));
    await runInDurableObject(UPLOAD_FILES.getByName(id), (_, state) => state.abort("test")).catch(
      () => {},
    );
    expect(await run(Effect.retry(ours.get(id), { times: 2 }))).toEqual(upload(id));
  });

  test("D2: fails with an UploadistaError whatever is thrown before the call", async () => {
    const thrown = new TypeError("no name for the test");
    const durableObject = {
      idFromName(): object {
        throw thrown;
      },
      get: () => null,
    };
    const { UploadistaError } = core;
    const missing = undefined as never;
    for (const store of [
      makeCloudflareDoUploadStore({ durableObject, UploadistaError }),
      makeCloudflareDoFlowStore({ durableObject, UploadistaError }),
      makeCloudflareDoUploadStore({ durableObject: missing, UploadistaError }),
    ]) {
      const error = await failureOf(store.get("id"));
      expect(core.isUploadistaError(error)).toBe(true);
      expect(error).toMatchObject({ code: "UNKNOWN_ERROR" });
      expect(error.cause).toBeInstanceOf(TypeError);
    }
    const ours = makeCloudflareDoUploadStore({ durableObject: UPLOAD_FILES });
    for (const key of ["", undefined as never]) {
      expect(await failureOf(ours.get(key))).toMatchObject({ code: "VALIDATION_ERROR" });
    }
  });

  test("D3: takes null for missing", async () => {
    const id = freshPrefix();
    await OWN_UPLOAD_FILES.getByName(id).setUploadFile(null);
    const ours = makeCloudflareDoUploadStore({ durableObject: OWN_UPLOAD_FILES });
    expect(await failureOf(ours.get(id))).toMatchObject({ code: "FILE_NOT_FOUND" });
  });

  test("D4: lists with a catalog, over the records of core's own typed stores", async () => {
    expect(makeCloudflareDoUploadStore({ durableObject: UPLOAD_FILES }).list).toBeUndefined();
    const { KVISTA_OBJECTS: namespace, KVISTA_CATALOG: catalog } = bindings;
    const keyNamespace = freshPrefix();
    const base = entry.makeDurableObjectBaseKvStore({ namespace, catalog, keyNamespace });
    const options = { durableObject: namespace, catalog, keyNamespace };
    const uploads = makeCloudflareDoUploadStore(options);
    const jobs = makeCloudflareDoFlowStore(options);
    const theirs = {
      uploads: new core.TypedKvStore<unknown>(base, "uploadista:upload-file:"),
      jobs: new core.TypedKvStore<unknown>(base, "uploadista:flow-job:"),
    };
    await exchange(uploads as Client, theirs.uploads, upload("a"));
    await run(uploads.set("a", upload("a")));
    await run(theirs.uploads.set("b", upload("b")));
    await run(jobs.set("a", job("a")));
    expect(await run(uploads.list?.() ?? Effect.succeed([]))).toEqual(["a", "b"]);
    expect(await run(jobs.list?.() ?? Effect.succeed([]))).toEqual(["a"]);
    expect(await run(theirs.jobs.get("a"))).toEqual(JSON.parse(JSON.stringify(job("a"))));
    await run(base.set("uploadista:flow-job:torn", "{"));
    expect(await failureOf(jobs.get("torn"))).toMatchObject({ code: "VALIDATION_ERROR" });
    expect(await failureOf(jobs.set("big", 5n as never))).toMatchObject({ status: 400 });
  });

  test("D6: an upload is never taken for a flow job of the same id, and a namespace keeps them apart", async () => {
    const id = freshPrefix();
    const uploads = makeCloudflareDoUploadStore({ durableObject: UPLOAD_FILES });
    await run(uploads.set(id, upload(id)));
    const jobs = makeCloudflareDoFlowStore({ durableObject: UPLOAD_FILES });
    expect(await failureOf(jobs.get(id))).toMatchObject({ code: "UNKNOWN_ERROR" });
    const tenant = { durableObject: UPLOAD_FILES, keyNamespace: "tenant/" };
    const apart = makeCloudflareDoUploadStore(tenant);
    expect(await failureOf(apart.get(id))).toMatchObject({ code: "FILE_NOT_FOUND" });
  });

  test("D7: is a layer and a maker by the same names as Uploadista's", async () => {
    const id = freshPrefix();
    expect(entry.cloudflareDoFlowStore).toBe(entry.makeCloudflareDoFlowStore);
    const uploads = entry.cloudflareDoUploadStore({ durableObject: UPLOAD_FILES });
    const jobs = entry.cloudflareDoFlowJobKvStore({ durableObject: FLOW_JOBS });
    const program = Effect.gen(function* () {
      const uploadStore = yield* core.UploadFileKVStore;
      const jobStore = yield* core.FlowJobKVStore;
      yield* uploadStore.set(id, upload(id));
      yield* jobStore.set(id, job(id));
      return [yield* uploadStore.get(id), yield* jobStore.get(id)];
    });
    const found = await run(Effect.provide(program, Layer.merge(uploads, jobs) as never) as never);
    expect(found).toEqual([upload(id), job(id)]);
  });
});

test("a binding that is missing or of another class is named at once, with the class to bind", async () => {
  for (const namespace of [UPLOAD_FILES, undefined as never]) {
    const store = entry.makeDurableObjectBaseKvStore(namespace);
    for (const effect of [store.get("key"), store.set("key", "1")]) {
      const error = await failureOf<entry.UploadistaError>(effect);
      expect(error).toMatchObject({ code: "UNKNOWN_ERROR", cause: { code: "UNAVAILABLE" } });
      expect((error.cause as entry.KvError).hint).toMatch(/KvObject/);
    }
  }
});

test("the entry has the classes that a Worker exports, and no directory", () => {
  expect(entry).toMatchObject({
    FlowJobObject: expect.any(Function),
    KvCatalog: expect.any(Function),
    KvObject: expect.any(Function),
    UploadFileObject: expect.any(Function),
  });
  expect(Object.keys(entry)).not.toContain("fileKvStore");
});
