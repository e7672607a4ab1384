// The merging base store outside a Worker, and where there can be none.
import { Effect } from "effect";
import { expect, test } from "vitest";
import {
  makeCloudflareBaseKvStore,
  makeFileBaseKvStore,
  makeIoRedisBaseKvStore,
  makeMemoryBaseKvStore,
  makeRedisBaseKvStore,
} from "../../../bindings/entries/uploadista.node.ts";
import type { BaseKvStore } from "../../uploadista/core.ts";
import { testMerging } from "../../uploadista/merging.ts";
import { withDirectory } from "../file/directory.ts";
import { ioredis, redis } from "./redis-clients.ts";

const mergeRecords = true;

testMerging("memory", (use) => use(makeMemoryBaseKvStore({ mergeRecords })));
testMerging("a directory", (use) =>
  withDirectory((directory) => use(makeFileBaseKvStore({ directory, mergeRecords }))),
);
let used = 0;
const fresh = () => {
  used += 1;
  return { mergeRecords, keyNamespace: `merging-${used}/` };
};
testMerging("@redis/client", (use) => use(makeRedisBaseKvStore({ redis, ...fresh() })));
testMerging("ioredis", (use) => use(makeIoRedisBaseKvStore({ redis: ioredis, ...fresh() })));

const nothing = {
  list: async () => ({ keys: [], list_complete: true as const, cacheStatus: null }),
};
const kv = { get: async () => null, put: async () => {}, delete: async () => {}, ...nothing };
const like = {
  get: async () => null,
  set: async () => "OK",
  del: async () => 0,
  scan: async () => ({ cursor: "0", keys: [] }),
};
const unable: [string, BaseKvStore][] = [
  ["Workers KV", makeCloudflareBaseKvStore({ kv: kv as never, mergeRecords })],
  ["four methods of a client", makeRedisBaseKvStore({ redis: like, mergeRecords })],
];
test.each(unable)("over %s each effect fails, and names the stores that can", async (_, base) => {
  for (const effect of [base.get("key"), base.set("key", "value")]) {
    expect(
      await Effect.runPromise(Effect.flip(effect as Effect.Effect<unknown, unknown>)),
    ).toMatchObject({
      code: "UNKNOWN_ERROR",
      cause: { code: "UNSUPPORTED", hint: expect.stringMatching(/memory.*Redis.*Durable/) },
    });
  }
});
