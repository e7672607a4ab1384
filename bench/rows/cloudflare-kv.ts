// Workers KV list: how many calls of the binding it takes. Miniflare's time for them says nothing of
// the platform's, where each call is a round trip; it is shown all the same.
import { exactly, formatCount, grown, type Line, limitGoal, timeLines } from "../line.ts";
import { startWorker } from "../miniflare.ts";
import type { RunPlan } from "../plan.ts";

const callsGoal = 10;
const seedKeys = 500;

type Listed = { readonly calls: number; readonly keys: number };

export async function cloudflareKvRows(plan: RunPlan): Promise<Line[]> {
  const lines: Line[] = [];
  const amounts = plan.amounts(1000);
  for (const amount of amounts)
    lines.push(...(await listRows(plan, amount, amount === amounts[1])));
  return lines;
}

async function listRows(plan: RunPlan, keys: number, hasGoal: boolean): Promise<Line[]> {
  await using worker = await startWorker("cloudflare-kv", {
    env: { KV: { type: "kv", id: "bench" } },
  });
  const row = "Workers KV list";
  const what = `${row} of ${formatCount(keys)} keys`;
  plan.say(`${what}: writing them`);
  for (let from = 0; from < keys; from += seedKeys) {
    await worker.call(`/seed?from=${from}&count=${Math.min(seedKeys, keys - from)}`);
  }
  const list = async (store: string): Promise<number> => {
    const listed = (await worker.call(`/${store}`)) as Listed;
    if (listed.keys !== keys) throw new Error(`${store} listed ${listed.keys} of ${keys} keys`);
    return listed.calls;
  };
  const [ours, theirs] = [await list("kvista"), await list("uploadista")];
  const contenders = ["kvista", "Uploadista"].map((name) => ({
    name,
    run: async (n: number) => {
      for (let i = 0; i < n; i++) await list(name.toLowerCase());
    },
  }));
  const calls: Line = {
    what: `${what}, calls of KV`,
    unit: "calls",
    ours: exactly(ours),
    against: "Uploadista",
    theirs: exactly(theirs),
    ratio: exactly(ours / theirs),
    ...(hasGoal && { goal: limitGoal("kvList", "list", ours, callsGoal, "calls") }),
  };
  const times = timeLines(
    `${what}, in Miniflare`,
    await plan.measure(`${what}, in Miniflare`, contenders, { rounds: 3, isRemote: true }),
  );
  const growth = { data: "keys in the namespace", amount: keys, isOnlyGrowth: !hasGoal };
  return [
    ...grown([calls], { row: `${row}, calls of KV`, ...growth }),
    ...grown(times, { row: `${row}, in Miniflare`, ...growth }),
  ];
}
