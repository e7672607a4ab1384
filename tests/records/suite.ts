// The suite of records, over any store that can keep them: what each operation does, and Uploadista's
// races (its chunks, its parts, its parallel nodes, its cancelling), each shown to lose something when
// whole records are written and nothing when they are merged.
import { describe, expect, test } from "vitest";
import type { Call, KvStore } from "../../bindings/contract/contract.ts";
import { KvError } from "../../bindings/contract/errors.ts";
import type { RecordKind, RecordUse } from "../../bindings/contract/record-use.ts";
import { type FlowJob, type FlowJobTask, flowJobs } from "../../bindings/records/flow-jobs.ts";
import { type UploadFile, uploads } from "../../bindings/records/uploads.ts";
import { patient, whileItLives } from "../patience.ts";

/** Hands an empty store, or one below a namespace of its own, to what uses it. */
export type WithStore = (use: (store: KvStore) => Promise<void>) => Promise<void>;

const upload: UploadFile = {
  id: "u1",
  offset: 0,
  size: 1000,
  storage: { id: "s", type: "image/png", path: "" },
  metadata: { fileName: "a.png", none: null },
  creationDate: "2026-01-01T00:00:00.000Z",
};
const job: FlowJob = {
  id: "j1",
  flowId: "f",
  storageId: "s",
  clientId: null,
  status: "running",
  createdAt: new Date("2026-01-01T00:00:00Z"),
  updatedAt: new Date("2026-01-01T00:00:00Z"),
  tasks: [],
};
const completed = (nodeId: string): FlowJobTask => ({
  nodeId,
  status: "completed",
  createdAt: new Date("2026-01-01T00:00:00Z"),
  updatedAt: new Date("2026-01-01T00:00:09Z"),
});
const uploadKey = "uploadista:upload-file:u1";
const jobKey = "uploadista:flow-job:j1";
const partOf = (partNumber: number) => ({ partNumber, etag: `e${partNumber}`, size: 10 });
const sixty = Array.from({ length: 60 }, (_, i) => i + 1);

/** What a write of the whole record does that Uploadista's engine makes: read, change, write. */
async function rewrite<T>(
  store: KvStore,
  key: string,
  change: (record: T) => T,
  meanwhile = nothing,
) {
  const read: T = JSON.parse((await store.get(key)) ?? "");
  await meanwhile();
  await store.set(key, JSON.stringify(change(read)));
}
/** The same, with the write merged as the record that it is. */
async function mergeBack<T>(
  store: KvStore,
  key: string,
  record: RecordKind,
  change: (record: T) => T,
  meanwhile = nothing,
) {
  const read: T = JSON.parse((await store.get(key)) ?? "");
  await meanwhile();
  const use: Call & RecordUse = { record, whole: true };
  await store.patch(key, JSON.parse(JSON.stringify(change(read))), use);
}
async function nothing(): Promise<void> {}

async function failureOf(promise: Promise<unknown>): Promise<KvError> {
  const error = await promise.then(
    () => new Error("it succeeded"),
    (thrown: unknown) => thrown,
  );
  if (error instanceof KvError) return error;
  throw error;
}

export function recordSuite(name: string, withStore: WithStore): void {
  const over = (title: string, use: (store: KvStore) => Promise<void>) =>
    test(title, () => withStore((store) => use(patient(store))));

  describe(`records in ${name}`, () => {
    over("an upload is created once, read, changed and deleted", async (store) => {
      const files = uploads(store);
      expect(await files.get("u1")).toBeNull();
      expect(await files.create(upload)).toEqual(upload);
      expect((await failureOf(files.create(upload))).code).toBe("VERSION_MISMATCH");
      expect(await files.get("u1")).toEqual(upload);
      const changed = await files.update("u1", { url: "https://example.org/", size: null });
      const { size: _, ...rest } = upload;
      expect(changed).toEqual({ ...rest, url: "https://example.org/" });
      expect(await files.get("u1")).toEqual(changed);
      await files.delete("u1");
      await files.delete("u1");
      expect(await files.get("u1")).toBeNull();
      expect((await failureOf(files.update("u1", { url: "" }))).code).toBe("NOT_FOUND");
      expect((await failureOf(files.advance("u1", { offset: 1 }))).code).toBe("NOT_FOUND");
    });

    over("a flow job's moments are dates, and text in the store", async (store) => {
      const jobs = flowJobs(store);
      const ended: FlowJob = { ...job, endedAt: job.createdAt, tasks: [completed("n")] };
      expect(await jobs.create(ended)).toEqual(ended);
      expect(await jobs.get("j1")).toEqual(ended);
      expect(JSON.parse((await store.get(jobKey)) ?? "").endedAt).toBe("2026-01-01T00:00:00.000Z");
    });

    over("what is no record is refused on its way in, and its field named", async (store) => {
      const files = uploads(store);
      const wrong = {
        ...upload,
        storage: { id: "s", type: "t", parts: [{ ...partOf(1), size: -1 }] },
      };
      const refused = await failureOf(files.create(wrong));
      expect([refused.code, refused.operation]).toEqual(["INVALID_VALUE", "compareAndSet"]);
      expect(refused.message).toContain("storage.parts[0].size is not a whole number");
      await files.create(upload);
      const change = { offset: "1" } as unknown as { offset: number };
      const second = await failureOf(files.update("u1", change));
      expect([second.code, second.message]).toEqual([
        "INVALID_VALUE",
        expect.stringContaining("offset is not"),
      ]);
      expect(await files.get("u1")).toEqual(upload);
      const cyclic: { self?: unknown } = {};
      cyclic.self = cyclic;
      for (const bad of [cyclic, 1n, undefined, null]) {
        expect((await failureOf(files.create(bad as never))).code).toMatch(/^INVALID_/);
      }
      expect((await failureOf(files.get(""))).code).toBe("INVALID_KEY");
    });

    over("what is no record is told on its way out, and its key in a listing", async (store) => {
      const files = uploads(store);
      await files.create(upload);
      await store.set(uploadKey, JSON.stringify({ ...upload, offset: "5" }));
      const error = await failureOf(files.get("u1"));
      expect([error.code, error.message]).toEqual([
        "CORRUPT",
        expect.stringContaining("offset is not"),
      ]);
      const listing = await failureOf(files.list());
      expect([listing.code, listing.message]).toEqual([
        "CORRUPT",
        expect.stringContaining(uploadKey),
      ]);
      expect((await failureOf(files.update("u1", { offset: 9 }))).code).toBe("CORRUPT");
    });

    over("a listing gives what its filter lets through", async (store) => {
      const files = uploads(store, { prefix: "files/" });
      const jobs = flowJobs(store);
      await files.create({ ...upload, id: "a1" });
      await files.create({
        ...upload,
        id: "a2",
        offset: 1000,
        creationDate: "2026-02-01T00:00:00Z",
      });
      await files.create({ ...upload, id: "b1" });
      await jobs.create(job);
      const ids = async (filter?: Parameters<typeof files.list>[0]) =>
        (await files.list(filter)).map(({ id }) => id);
      expect(await ids()).toEqual(["a1", "a2", "b1"]);
      expect(await ids({ prefix: "a" })).toEqual(["a1", "a2"]);
      expect(await ids({ status: "complete" })).toEqual(["a2"]);
      expect(await ids({ status: "uploading", prefix: "b" })).toEqual(["b1"]);
      expect(await ids({ olderThan: new Date("2026-01-15") })).toEqual(["a1", "b1"]);
      for (const bad of [new Date("x"), "2026-01-15" as never]) {
        expect((await failureOf(files.list({ olderThan: bad }))).code).toBe("INVALID_ARGUMENT");
      }
      expect((await jobs.list({ status: "running" })).map(({ id }) => id)).toEqual(["j1"]);
      expect(await jobs.list({ status: "paused" })).toEqual([]);
      expect(await jobs.list({ olderThan: job.updatedAt })).toEqual([]);
    });

    over("a write renews the expiry, and an abandoned upload disappears", async (store) => {
      await whileItLives(1, async (seconds, wait) => {
        const files = uploads(store, { expireAfter: 4 * seconds, prefix: `${seconds}/` });
        await files.create(upload);
        await files.create({ ...upload, id: "abandoned" });
        await wait(3000 * seconds);
        await files.advance("u1", { offset: 10 });
        await wait(2300 * seconds);
        expect(await files.get("abandoned")).toBeNull();
        expect((await files.list()).map(({ id }) => id)).toEqual(["u1"]);
      });
    });

    over("60 parts recorded at once are all there", async (store) => {
      const files = uploads(store);
      await files.create(upload);
      const withPart = (part: number) => (read: UploadFile) => ({
        ...read,
        storage: { ...read.storage, parts: [...(read.storage.parts ?? []), partOf(part)] },
      });
      // Each reads before any has written, as the parts of one request do.
      const barrier = arrival(sixty.length);
      await Promise.all(sixty.map((part) => rewrite(store, uploadKey, withPart(part), barrier)));
      expect((await files.get("u1"))?.storage.parts).toHaveLength(1);
      await store.set(uploadKey, JSON.stringify(upload));
      await Promise.all(sixty.map((part) => files.advance("u1", { parts: [partOf(part)] })));
      expect((await files.get("u1"))?.storage.parts).toEqual(sixty.map(partOf));
      await store.set(uploadKey, JSON.stringify(upload));
      const again = arrival(sixty.length);
      await Promise.all(
        sixty.map((part) => mergeBack(store, uploadKey, "upload", withPart(part), again)),
      );
      expect((await files.get("u1"))?.storage.parts).toEqual(sixty.map(partOf));
    });

    over("60 parts recorded at once beside 5,000 others are all there", async (store) => {
      const files = uploads(store);
      const others = Array.from({ length: 5000 }, (_, i) => ({
        partNumber: 1000 + i,
        etag: crypto.randomUUID(),
        size: 5_242_880,
      }));
      await files.create({ ...upload, storage: { ...upload.storage, parts: others } });
      await Promise.all(sixty.map((part) => files.advance("u1", { parts: [partOf(part)] })));
      expect((await files.get("u1"))?.storage.parts).toEqual([...sixty.map(partOf), ...others]);
    });

    over("of two clients that patch one upload neither takes the offset back", async (store) => {
      const files = uploads(store);
      await files.create(upload);
      const to = (offset: number) => (read: UploadFile) => ({ ...read, offset });
      await rewrite(store, uploadKey, to(300), () => rewrite(store, uploadKey, to(500)));
      expect((await files.get("u1"))?.offset).toBe(300);
      await store.set(uploadKey, JSON.stringify(upload));
      await mergeBack(store, uploadKey, "upload", to(300), () =>
        mergeBack(store, uploadKey, "upload", to(500)),
      );
      expect((await files.get("u1"))?.offset).toBe(500);
      await Promise.all([
        files.advance("u1", { offset: 600 }),
        files.advance("u1", { offset: 900 }),
      ]);
      expect((await files.get("u1"))?.offset).toBe(900);
      expect((await files.update("u1", { offset: 0 }, { rewinds: true })).offset).toBe(0);
    });

    over(
      "a record read before the data store ran erases nothing of what that stored",
      async (store) => {
        const files = uploads(store);
        await files.create(upload);
        const chunk = (read: UploadFile) => ({ ...read, offset: 10 });
        const stores = async () => {
          await files.update("u1", { storage: { uploadId: "m", parts: [partOf(1)] } });
        };
        await rewrite(store, uploadKey, chunk, stores);
        expect((await files.get("u1"))?.storage).toEqual(upload.storage);
        await store.set(uploadKey, JSON.stringify(upload));
        await mergeBack(store, uploadKey, "upload", chunk, stores);
        const { offset, storage } = (await files.get("u1")) as UploadFile;
        expect(offset).toBe(10);
        expect(storage).toEqual({ ...upload.storage, uploadId: "m", parts: [partOf(1)] });
      },
    );

    over("nodes that run at once each keep their task", async (store) => {
      const jobs = flowJobs(store);
      await jobs.create(job);
      const nodes = ["a", "b", "c", "d", "e", "f", "g", "h"];
      const withTask = (nodeId: string) => (read: FlowJob) => ({
        ...read,
        tasks: [...read.tasks, completed(nodeId)],
      });
      const barrier = arrival(nodes.length);
      await Promise.all(nodes.map((node) => rewrite(store, jobKey, withTask(node), barrier)));
      expect((await jobs.get("j1"))?.tasks).toHaveLength(1);
      await store.set(jobKey, JSON.stringify(job));
      const again = arrival(nodes.length);
      await Promise.all(
        nodes.map((node) => mergeBack(store, jobKey, "flow-job", withTask(node), again)),
      );
      const tasks = (await jobs.get("j1"))?.tasks ?? [];
      expect(tasks.map(({ nodeId }) => nodeId).sort()).toEqual(nodes);
    });

    over("a cancel is not overwritten by a node's event", async (store) => {
      const jobs = flowJobs(store);
      await jobs.create(job);
      const event = (read: FlowJob) => ({
        ...read,
        tasks: [completed("n")],
      });
      const cancel = async () => {
        await jobs.update("j1", { status: "cancelled", endedAt: new Date("2026-01-02T00:00:00Z") });
      };
      await rewrite(store, jobKey, event, cancel);
      expect((await jobs.get("j1"))?.status).toBe("running");
      await store.set(jobKey, JSON.stringify(job));
      await mergeBack(store, jobKey, "flow-job", event, cancel);
      const after = (await jobs.get("j1")) as FlowJob;
      expect([after.status, after.endedAt]).toEqual([
        "cancelled",
        new Date("2026-01-02T00:00:00Z"),
      ]);
      expect(after.tasks).toEqual([completed("n")]);
    });

    over(
      "a change keeps the expiry of the key, and a whole record drops it as a set does",
      async (store) => {
        const expiry = { ttlSeconds: 1000 };
        const { expiresAt } = await store.set(uploadKey, JSON.stringify(upload), expiry);
        await uploads(store).advance("u1", { offset: 1 });
        expect((await store.entry(uploadKey))?.expiresAt).toBe(expiresAt);
        await mergeBack<UploadFile>(store, uploadKey, "upload", (read) => ({ ...read, offset: 2 }));
        expect((await store.entry(uploadKey))?.expiresAt).toBeNull();
      },
    );

    over("a whole record becomes the record if there is none", async (store) => {
      const use: Call & RecordUse = { record: "upload", whole: true };
      await store.patch(uploadKey, JSON.parse(JSON.stringify(upload)), use);
      expect(await store.get(uploadKey)).toBe(JSON.stringify(upload));
      const wrong = await failureOf(store.patch(uploadKey, { id: "u1" }, use));
      expect([wrong.code, wrong.message]).toEqual([
        "INVALID_VALUE",
        expect.stringContaining("offset is missing"),
      ]);
    });
  });
}

/** Resolves for each of so many callers when all of them have come. */
function arrival(count: number): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let left = count;
  return () => {
    left -= 1;
    if (left === 0) resolve();
    return promise;
  };
}
