// Redis on this machine: get and set against the bare client, and a list against the stores that would
// be used instead. The time is that of the wall: the server's part belongs to it.
import { createClient } from "@redis/client";
import { Effect } from "effect";
import { Redis } from "ioredis-6";
import { createStorage } from "unstorage";
import redisDriver from "unstorage/drivers/redis";
import { ioredisKvStore, redisKvStore } from "../../bindings/index.ts";
import { RedisServer } from "../../tests/node/support/redis-server.ts";
import { alternate, type Contender } from "../measure.ts";
import { type Line, ratioGoal, timeLines } from "../report.ts";
import { uploadistaRedisStore } from "../uploadista.ts";
import { uploadRecord } from "../workload.ts";

const bareLimit = 1.1;
const listLimit = 0.2;
const allKeys = 200_000;
const listedKeys = 20_000;
const record = uploadRecord(300);
const key = "uploadista:upload-file:0b0e2bd4-6a2f-4a3f-a4a5-1fd3c4d4b3a1";

type Basic = {
  get(name: string): Promise<unknown>;
  set(name: string, value: string): Promise<unknown>;
};

export async function redisRows(): Promise<Line[]> {
  await using server = await RedisServer.start();
  const { host, port } = server;
  const redis = createClient({ socket: { host, port } });
  await redis.connect();
  const ioredis = new Redis({ host, port });
  try {
    const lines: Line[] = [];
    const pairs: readonly [string, Basic, Basic][] = [
      ["@redis/client 6", redisKvStore({ redis }), redis],
      ["ioredis 6", ioredisKvStore({ redis: ioredis }), ioredis],
    ];
    for (const [name, ours, bare] of pairs) {
      for (const inFlight of [1, 100]) lines.push(...(await against(name, ours, bare, inFlight)));
    }
    return [...lines, ...(await listRows(redis, server))];
  } finally {
    redis.destroy();
    ioredis.disconnect();
  }
}

async function against(name: string, ours: Basic, bare: Basic, inFlight: number): Promise<Line[]> {
  const lines: Line[] = [];
  await bare.set(key, record);
  for (const operation of ["get", "set"] as const) {
    const contender = (of: string, store: Basic): Contender => ({
      name: of,
      async run(n) {
        const one = () => (operation === "get" ? store.get(key) : store.set(key, record));
        for (let done = 0; done < n; done += inFlight) {
          await Promise.all(Array.from({ length: Math.min(inFlight, n - done) }, one));
        }
      },
    });
    const contenders = [contender("kvista", ours), contender(`bare ${name}`, bare)];
    const measured = await alternate(contenders, { isRemote: true, sampleMs: 100 });
    lines.push(
      ...timeLines(`Redis ${operation}, ${inFlight} in flight`, measured, (ratio) =>
        ratioGoal(ratio, bareLimit),
      ),
    );
  }
  return lines;
}

async function listRows(redis: object, server: RedisServer): Promise<Line[]> {
  await server.ask("FLUSHALL");
  await server.ask("DEBUG", "POPULATE", `${allKeys - listedKeys}`, "other", "20");
  await server.ask("DEBUG", "POPULATE", `${listedKeys}`, "uploads", "20");
  const prefix = "uploads:";
  const ours = redisKvStore({ redis: redis as never });
  const theirs = await uploadistaRedisStore(redis);
  const { host, port } = server;
  const unstorage = createStorage({ driver: redisDriver({ host, port }) });
  const contender = (name: string, list: () => Promise<readonly string[]>): Contender => ({
    name,
    async run(n) {
      for (let i = 0; i < n; i++) {
        const found = await list();
        if (found.length !== listedKeys) throw new Error(`${name} listed ${found.length} keys`);
      }
    },
  });
  try {
    const measured = await alternate(
      [
        contender("kvista", () => ours.list(prefix)),
        contender("Uploadista", () => Effect.runPromise(theirs.list(prefix))),
        contender("unstorage", () => unstorage.getKeys("uploads")),
      ],
      { rounds: 5, isRemote: true },
    );
    const what = `Redis list, ${listedKeys.toLocaleString("en")} of ${allKeys.toLocaleString("en")} keys`;
    return timeLines(what, measured, (ratio) => ratioGoal(ratio, listLimit));
  } finally {
    await unstorage.dispose();
  }
}
