// An upload that nobody goes on with disappears by itself: looked at past the stores, in the backend.
import { readdir } from "node:fs/promises";
import { Effect } from "effect";
import { expect, test } from "vitest";
import {
  makeFileBaseKvStore,
  makeIoRedisBaseKvStore,
  makeMemoryBaseKvStore,
  makeRedisBaseKvStore,
} from "../../../bindings/entries/uploadista.node.ts";
import { withFrozenClock } from "../../conformance/clock.ts";
import type { BaseKvStore } from "../../uploadista/core.ts";
import { withDirectory } from "../file/directory.ts";
import { eventually } from "../support/redis-server.ts";
import { ioredis, redis } from "./redis-clients.ts";

const run = Effect.runPromise;
const expireAfter = 3;

/** One upload is set once, the other again and again; what is left by then in the backend. */
async function leave(base: BaseKvStore, keys: () => Promise<string[]>): Promise<void> {
  await run(base.set("upload:abandoned", "{}"));
  await eventually("the abandoned upload is there", async () => {
    await run(base.set("upload:alive", "{}"));
    return (await keys()).join() === "upload:alive";
  });
}

test("from memory, which then holds less", async () => {
  // Room for one of them: the second is refused until the first one is removed.
  const value = "v".repeat(600);
  const base = makeMemoryBaseKvStore({ expireAfter, maxBytes: 1000 });
  await withFrozenClock(async (clock) => {
    await run(base.set("upload:abandoned", value));
    expect(await run(Effect.flip(base.set("upload:next", value)))).toMatchObject({
      cause: { code: "OUT_OF_MEMORY" },
    });
    await clock.advance(expireAfter + 1);
    await run(base.set("upload:next", value));
    expect(await run(base.list(""))).toEqual(["upload:next"]);
  });
});

test("from a directory, as a file", () =>
  withDirectory((directory) =>
    leave(makeFileBaseKvStore({ directory, expireAfter }), async () => {
      const files = await readdir(directory);
      return files.filter((name) => name.endsWith(".json")).map((name) => name.slice(0, -5));
    }),
  ));

test("from Redis, through either client", async () => {
  const keys = (below: string) => async () =>
    (await redis.keys(`${below}*`)).map((key) => key.slice(below.length));
  await leave(makeRedisBaseKvStore({ redis, expireAfter, keyNamespace: "a/" }), keys("a/"));
  const over = { redis: ioredis, expireAfter, keyNamespace: "b/" };
  await leave(makeIoRedisBaseKvStore(over), keys("b/"));
});
