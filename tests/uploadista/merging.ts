// Uploadista's races through its own typed stores, over a base store that merges records: its engine
// reads a record, changes it and sets it whole, and nothing that others set meanwhile is lost.
import { Effect } from "effect";
import { describe, expect, test } from "vitest";
import { type BaseKvStore, type Stored, TypedKvStore } from "./core.ts";

/** Hands out an empty base store whose option `mergeRecords` is on. */
export type WithMerging = (use: (base: BaseKvStore) => Promise<void>) => Promise<void>;

const run = Effect.runPromise;
const upload = {
  id: "u1",
  offset: 0,
  size: 600,
  storage: { id: "s", type: "image/png", path: "" },
};
const moment = "2026-01-01T00:00:00.000Z";
const job = {
  id: "j1",
  flowId: "f",
  storageId: "s",
  clientId: null,
  status: "running",
  createdAt: moment,
  updatedAt: moment,
  tasks: [],
};
const taskOf = (nodeId: string) => ({
  nodeId,
  status: "completed",
  createdAt: moment,
  updatedAt: moment,
});
const sixty = Array.from({ length: 60 }, (_, i) => ({ partNumber: i + 1, etag: "e", size: 10 }));

export function testMerging(name: string, withBase: WithMerging): void {
  const over = (title: string, use: (base: BaseKvStore) => Promise<void>) =>
    test(title, () => withBase(use));

  describe(`a merging base store over ${name}`, () => {
    over("keeps 60 parts that were each set from the same state", async (base) => {
      const files = new TypedKvStore<Stored>(base, "uploadista:upload-file:");
      await run(files.set("u1", upload));
      const read = await run(files.get("u1"));
      const withPart = (part: object) => ({
        ...read,
        storage: { ...upload.storage, parts: [part] },
      });
      await Promise.all(sixty.map((part) => run(files.set("u1", withPart(part)))));
      expect(await run(files.get("u1"))).toMatchObject({ storage: { parts: sixty } });
      // The chunk that was read before writes back what it read, with its offset.
      await run(files.set("u1", { ...read, offset: 600 }));
      await run(files.set("u1", { ...read, offset: 300 }));
      expect(await run(files.get("u1"))).toMatchObject({ offset: 600, storage: { parts: sixty } });
    });

    over("keeps the tasks of parallel nodes, and a cancel", async (base) => {
      const jobs = new TypedKvStore<Stored>(base, "uploadista:flow-job:");
      await run(jobs.set("j1", job));
      const read = await run(jobs.get("j1"));
      await run(jobs.set("j1", { ...read, status: "cancelled", endedAt: moment }));
      const nodes = ["a", "b", "c", "d"];
      await Promise.all(
        nodes.map((node) => run(jobs.set("j1", { ...read, tasks: [taskOf(node)] }))),
      );
      const after = await run(jobs.get("j1"));
      expect(after).toMatchObject({ status: "cancelled", endedAt: moment });
      const tasks = after.tasks as { nodeId: string }[];
      expect(tasks.map(({ nodeId }) => nodeId).sort()).toEqual(nodes);
    });

    over("leaves out a file that the engine took out of the intermediate ones", async (base) => {
      const jobs = new TypedKvStore<Stored>(base, "uploadista:flow-job:");
      await run(jobs.set("j1", { ...job, intermediateFiles: ["input", "result"] }));
      const read = await run(jobs.get("j1"));
      await run(jobs.set("j1", { ...read, intermediateFiles: ["input"] }));
      expect(await run(jobs.get("j1"))).toMatchObject({ intermediateFiles: ["input"] });
    });

    over("refuses a record over the bound of a merge as what the caller gave", async (base) => {
      const files = new TypedKvStore<Stored>(base, "uploadista:upload-file:");
      await run(files.set("u1", upload));
      const large = { ...upload, metadata: { name: "x".repeat(4 * 1024 * 1024) } };
      expect(await run(Effect.flip(files.set("u1", large)))).toMatchObject({
        code: "VALIDATION_ERROR",
        cause: { code: "TOO_LARGE" },
      });
      expect(await run(files.get("u1"))).toEqual(upload);
    });

    over("replaces what is under any other key, and refuses what is no record", async (base) => {
      await run(base.set("uploadista:dlq:1", '{"a":1}'));
      await run(base.set("uploadista:dlq:1", '{"b":2}'));
      expect(await run(base.get("uploadista:dlq:1"))).toBe('{"b":2}');
      const refused = await run(Effect.flip(base.set("uploadista:upload-file:u2", '{"id":"u2"}')));
      expect(refused).toMatchObject({
        code: "VALIDATION_ERROR",
        cause: { code: "INVALID_VALUE", message: expect.stringContaining("offset is missing") },
      });
      expect(await run(base.get("uploadista:upload-file:u2"))).toBeNull();
    });
  });
}
