// Redis on this machine: get and set against the bare client. The time is that of the wall: the server's
// part belongs to it.
import { createClient } from "@redis/client";
import { Redis } from "ioredis-6";
import { ioredisKvStore, redisKvStore } from "../../bindings/entries/index.ts";
import { RedisServer } from "../../tests/node/support/redis-server.ts";
import { formatCount, grown, type Line, ratioGoal, timeLines } from "../line.ts";
import type { Contender } from "../measure.ts";
import type { RunPlan } from "../plan.ts";
import { uploadRecord } from "../workload.ts";

const bareLimit = 1.1;
const recordBytes = 300;
const record = uploadRecord(recordBytes);
// Prime to every number of keys, so that all of them come, and not in their order.
const stride = 7919;

type Basic = {
  get(name: string): Promise<unknown>;
  set(name: string, value: string): Promise<unknown>;
};
type Client = { readonly name: string; readonly ours: Basic; readonly bare: Basic };

export async function redisRows(plan: RunPlan): Promise<Line[]> {
  await using server = await RedisServer.start();
  const { host, port } = server;
  const redis = createClient({ socket: { host, port } });
  await redis.connect();
  const ioredis = new Redis({ host, port });
  const clients: Client[] = [
    { name: "@redis/client 6", ours: redisKvStore({ redis }), bare: redis },
    { name: "ioredis 6", ours: ioredisKvStore({ redis: ioredis }), bare: ioredis },
  ];
  try {
    const lines: Line[] = [];
    const [least, ...more] = plan.amounts(10_000);
    for (const amount of [least, ...more]) {
      await server.ask("FLUSHALL");
      await server.ask("DEBUG", "POPULATE", `${amount}`, "uploads", `${recordBytes}`);
      for (const client of clients) {
        for (const inFlight of [1, 100]) {
          lines.push(...(await against(plan, client, inFlight, amount, amount > least)));
        }
      }
    }
    return lines;
  } finally {
    redis.destroy();
    ioredis.disconnect();
  }
}

async function against(
  plan: RunPlan,
  { name, ours, bare }: Client,
  inFlight: number,
  amount: number,
  isOnlyGrowth: boolean,
): Promise<Line[]> {
  const lines: Line[] = [];
  for (const operation of ["get", "set"] as const) {
    const row = `Redis ${operation}, ${inFlight} in flight, ${name}`;
    const what = `${row}, ${formatCount(amount)} keys`;
    const contenders = [
      loop("kvista", ours, operation, inFlight, amount),
      loop("the bare client", bare, operation, inFlight, amount),
    ];
    const pace = { rounds: isOnlyGrowth ? 7 : 15, isRemote: true, sampleMs: 100 };
    const compared = timeLines(what, await plan.measure(what, contenders, pace), (ratio) =>
      isOnlyGrowth ? undefined : ratioGoal("redis", operation, ratio, bareLimit),
    );
    lines.push(...grown(compared, { row, data: "keys in the server", amount, isOnlyGrowth }));
  }
  return lines;
}

function loop(
  name: string,
  store: Basic,
  operation: "get" | "set",
  inFlight: number,
  amount: number,
): Contender {
  let at = 0;
  const nextKey = () => {
    at = (at + stride) % amount;
    return `uploads:${at}`;
  };
  const get = async () => {
    if ((await store.get(nextKey())) === null) throw new Error(`${name} misses a key`);
  };
  const one = operation === "get" ? get : () => store.set(nextKey(), record);
  return {
    name,
    async run(n) {
      for (let done = 0; done < n; done += inFlight) {
        await Promise.all(Array.from({ length: Math.min(inFlight, n - done) }, one));
      }
    },
  };
}
