// Workers KV list: how many calls of the binding it takes. Miniflare's time for them says nothing of
// the platform's, where each call is a round trip; it is shown all the same.
import { alternate } from "../measure.ts";
import { startWorker } from "../miniflare.ts";
import { type Line, timeLines } from "../report.ts";

const keys = 10_000;
const callsGoal = 10;
const seedKeys = 500;

type Listed = { readonly calls: number; readonly keys: number };

export async function cloudflareKvRows(): Promise<Line[]> {
  await using worker = await startWorker("cloudflare-kv", {
    env: { KV: { type: "kv", id: "bench" } },
  });
  for (let from = 0; from < keys; from += seedKeys) {
    await worker.call(`/seed?from=${from}&count=${seedKeys}`);
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
  const what = `Workers KV list of ${keys.toLocaleString("en")} keys`;
  return [
    {
      what: `${what}, calls of KV`,
      unit: "calls",
      ours: exactly(ours),
      against: "Uploadista",
      theirs: exactly(theirs),
      ratio: exactly(ours / theirs),
      goal: { text: `≤ ${callsGoal} calls`, isReached: ours <= callsGoal },
    },
    ...timeLines(
      `${what}, in Miniflare`,
      await alternate(contenders, { rounds: 3, isRemote: true }),
    ),
  ];
}

function exactly(count: number) {
  return { median: count, low: count, high: count };
}
