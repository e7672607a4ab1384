// The drop-in beside Uploadista's packaged stores, over the same server and the same directory: each
// reads, lists and deletes what the other has written.
import { Effect } from "effect";
import { expect, test } from "vitest";
import {
  type UploadistaStore,
  uploadistaFileStore,
  uploadistaIoRedisStore,
  uploadistaMemoryStore,
  uploadistaRedisStore,
} from "../../../bench/uploadista.ts";
import {
  type BaseKvStore,
  makeFileBaseKvStore,
  makeIoRedisBaseKvStore,
  makeMemoryBaseKvStore,
  makeRedisBaseKvStore,
} from "../../../bindings/entries/uploadista.node.ts";
import { withDirectory } from "../file/directory.ts";
import { ioredis, redis, server } from "./redis-clients.ts";

const run = Effect.runPromise;
const upload = "uploadista:upload-file:7b0e2bd4-6a2f-4a3f-a4a5-1fd3c4d4b3a1";
const job = "uploadista:flow-job:job_17";
const text = '{"id":"7b0e2bd4","metadata":{"name":"naïve \u{1f408}.png"},"offset":1E2}';

type Store = Required<BaseKvStore>;

async function exchange(theirs: UploadistaStore, ours: Store): Promise<void> {
  await run(theirs.set(upload, text));
  await run(ours.set(job, text));
  expect(await run(ours.get(upload))).toBe(text);
  expect(await run(theirs.get(job))).toBe(text);
  await run(ours.set(upload, "2"));
  await run(theirs.set(job, "2"));
  expect(await run(theirs.get(upload))).toBe("2");
  expect(await run(ours.get(job))).toBe("2");
  // Both tell the same keys, in whichever order.
  for (const prefix of ["uploadista:", "uploadista:flow-job:"]) {
    expect(await run(ours.list(prefix))).toEqual((await run(theirs.list(prefix))).sort());
  }
  await run(theirs.delete(upload));
  await run(ours.delete(job));
  expect(await run(ours.get(upload))).toBeNull();
  expect(await run(theirs.list("uploadista:"))).toEqual([]);
}

test("with its store over @redis/client", async () => {
  await exchange(await uploadistaRedisStore(redis), makeRedisBaseKvStore({ redis }));
});

test("with its store over ioredis", async () => {
  await exchange(await uploadistaIoRedisStore(ioredis), makeIoRedisBaseKvStore({ redis: ioredis }));
});

test("with its store over the other client", async () => {
  await exchange(await uploadistaRedisStore(redis), makeIoRedisBaseKvStore({ redis: ioredis }));
  await exchange(await uploadistaIoRedisStore(ioredis), makeRedisBaseKvStore({ redis }));
});

test("with its store in a directory", () =>
  withDirectory(async (directory) => {
    const theirs = await uploadistaFileStore(directory);
    const ours = makeFileBaseKvStore({ directory });
    await run(theirs.set(upload, text));
    await run(ours.set(job, text));
    expect(await run(ours.get(upload))).toBe(text);
    expect(await run(theirs.get(job))).toBe(text);
    expect(await run(ours.list("uploadista:"))).toEqual(await run(theirs.list("uploadista:")));
    await run(theirs.delete(upload));
    await run(ours.delete(job));
    expect(await run(ours.list(""))).toEqual(await run(theirs.list("")));
  }));

test("both tell a list in the same form, of memory too", async () => {
  const theirs = await uploadistaMemoryStore();
  const ours = makeMemoryBaseKvStore();
  for (const store of [theirs, ours]) {
    for (const key of ["p:a", "p:b", "q:c"]) await run(store.set(key, "1"));
  }
  expect(await run(ours.list("p:"))).toEqual(await run(theirs.list("p:")));
});

test("an expiry of ours is not seen by its store, and its plain write drops it", async () => {
  const theirs = await uploadistaRedisStore(redis);
  const ours = makeRedisBaseKvStore({ redis, expireAfter: 1000 });
  await run(ours.set(upload, text));
  expect(await run(theirs.get(upload))).toBe(text);
  expect(Number(await server.ask("TTL", upload))).toBeGreaterThan(900);
  await run(theirs.set(upload, "2"));
  expect(await server.ask("TTL", upload)).toBe("-1");
  await run(ours.delete(upload));
});
