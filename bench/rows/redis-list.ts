// A Redis list of one of several prefixes, against the stores that would be used instead: the same
// server, and the same client where the other takes one.
import { createClient } from "@redis/client";
import { Effect } from "effect";
import { Redis } from "ioredis-6";
import { createStorage } from "unstorage";
import redisDriver from "unstorage/drivers/redis";
import { ioredisKvStore, redisKvStore } from "../../bindings/entries/index.ts";
import { RedisServer } from "../../tests/node/support/redis-server.ts";
import { fasterGoal, formatCount, grown, type Line, timeLines } from "../line.ts";
import type { Contender } from "../measure.ts";
import type { RunPlan } from "../plan.ts";
import { uploadistaIoRedisStore, uploadistaRedisStore } from "../uploadista.ts";

const timesFaster = 5;
const listedKeys = 20_000;
// In the table of growth one of ten keys is listed, as in the row itself.
const keysForEach = 10;
const leastListed = 1000;

export async function redisListRows(plan: RunPlan): Promise<Line[]> {
  await using server = await RedisServer.start();
  const { host, port } = server;
  const redis = createClient({ socket: { host, port } });
  await redis.connect();
  const ioredis = new Redis({ host, port });
  const unstorage = createStorage({ driver: redisDriver({ host, port }) });
  const prefix = "uploads:";
  const [over, overIoRedis] = [redisKvStore({ redis }), ioredisKvStore({ redis: ioredis })];
  const [theirs, theirsOverIoRedis] = [
    await uploadistaRedisStore(redis),
    await uploadistaIoRedisStore(ioredis),
  ];
  const ours = { name: "kvista", list: () => over.list(prefix) };
  const others: Lister[] = [
    { name: "Uploadista", list: () => Effect.runPromise(theirs.list(prefix)) },
    { name: "unstorage", list: () => unstorage.getKeys("uploads") },
  ];
  const overTheOther: Lister[] = [
    { name: "kvista", list: () => overIoRedis.list(prefix) },
    { name: "Uploadista", list: () => Effect.runPromise(theirsOverIoRedis.list(prefix)) },
  ];
  try {
    const lines = [
      ...(await measure(plan, server, "@redis/client 6", [ours, ...others], listedKeys, true)),
      ...(await measure(plan, server, "ioredis 6", overTheOther, listedKeys, true)),
    ];
    for (const listed of plan.amounts(leastListed)) {
      lines.push(
        ...(await measure(plan, server, "@redis/client 6", [ours, ...others], listed, false)),
      );
    }
    return lines;
  } finally {
    await unstorage.dispose();
    redis.destroy();
    ioredis.disconnect();
  }
}

type Lister = { readonly name: string; list(): Promise<readonly string[]> };

async function measure(
  plan: RunPlan,
  server: RedisServer,
  client: string,
  listers: readonly Lister[],
  listed: number,
  hasGoal: boolean,
): Promise<Line[]> {
  await server.ask("FLUSHALL");
  await server.ask("DEBUG", "POPULATE", `${listed * (keysForEach - 1)}`, "other", "20");
  await server.ask("DEBUG", "POPULATE", `${listed}`, "uploads", "20");
  const amount = listed * keysForEach;
  const row = "Redis list of a tenth of the keys";
  const what = `Redis list, ${formatCount(listed)} of ${formatCount(amount)} keys, ${client}`;
  const contenders: Contender[] = listers.map(({ name, list }) => ({
    name,
    async run(n) {
      for (let i = 0; i < n; i++) {
        const found = await list();
        if (found.length !== listed) throw new Error(`${name} listed ${found.length} keys`);
      }
    },
  }));
  const measured = await plan.measure(what, contenders, { rounds: 5, isRemote: true });
  const compared = timeLines(what, measured, (ratio) =>
    hasGoal ? fasterGoal("redisList", "list", ratio, timesFaster) : undefined,
  );
  if (hasGoal) return compared;
  return grown(compared, { row, data: "keys in the server", amount, isOnlyGrowth: true });
}
