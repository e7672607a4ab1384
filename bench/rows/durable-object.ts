// Durable Object get and set, each against a bare class that calls storage.get and storage.put, in the
// same Miniflare. A request carries out n operations; a request with one is its fixed cost.
import { formatCount, grown, type Line, ratioGoal, timeLines } from "../line.ts";
import { type BenchWorker, startWorker } from "../miniflare.ts";
import type { RunPlan } from "../plan.ts";

// What is measured, where, and how much of the bare class's time it may take. The first set of a key adds
// keys, so it is the last.
const rows = [
  { row: "Durable Object get of an existing key", path: "get", part: "get", sampleMs: 150 },
  {
    row: "Durable Object set of the value that is there",
    path: "set",
    part: "set",
    sampleMs: 250,
  },
  {
    row: "Durable Object set of another value than is there",
    path: "set-changing",
    part: "set of another value",
    sampleMs: 400,
  },
  { row: "{ storage } get in an object", path: "storage-get", part: "{ storage } get" },
  {
    row: "{ storage } set of the value that is there",
    path: "storage-set",
    part: "{ storage } set",
  },
  {
    row: "{ storage } set of another value than is there",
    path: "storage-set-changing",
    part: "{ storage } set of another value",
  },
  {
    row: "Durable Object first set of a key",
    path: "first-set",
    part: "first set",
    most: 2.3,
    sampleMs: 400,
  },
] as const;
const usualMost = 1.15;
const usualSampleMs = 100;

export async function durableObjectRows(plan: RunPlan): Promise<Line[]> {
  const lines: Line[] = [];
  const [least, ...more] = plan.amounts(20);
  for (const amount of [least, ...more]) {
    await using worker = await start();
    plan.say(`Durable Objects: writing ${formatCount(amount)} keys`);
    await worker.call(`/prepare?keys=${amount}`);
    for (const one of rows)
      lines.push(...(await measure(plan, worker, one, amount, amount > least)));
  }
  return lines;
}

async function measure(
  plan: RunPlan,
  worker: BenchWorker,
  one: (typeof rows)[number],
  amount: number,
  isOnlyGrowth: boolean,
): Promise<Line[]> {
  const { row, path, part, most, sampleMs } = { most: usualMost, sampleMs: usualSampleMs, ...one };
  const what = `${row}, ${formatCount(amount)} keys`;
  const contenders = ["kvista", "bare class"].map((name) => ({
    name,
    run: (n: number) =>
      worker.call(`/${path}?of=${name === "kvista" ? "kvista" : "bare"}&n=${n}&keys=${amount}`),
  }));
  // workerd ends an object that nobody has called for ten seconds.
  if (!path.startsWith("storage")) await worker.call(`/wake?keys=${amount}`);
  const pace = { rounds: isOnlyGrowth ? 7 : 15, sampleMs, isRemote: true };
  const compared = timeLines(what, await plan.measure(what, contenders, pace), (ratio) =>
    isOnlyGrowth ? undefined : ratioGoal("durableObject", part, ratio, most),
  );
  const data = path.startsWith("storage") ? "keys in the object" : "keys in the namespace";
  return grown(compared, { row, data, amount, isOnlyGrowth });
}

function start(): Promise<BenchWorker> {
  const object = (exportName: string) =>
    ({ type: "durable-object", worker: "durable-object", exportName }) as const;
  const sqlite = { type: "durable-object", storage: "sqlite" } as const;
  return startWorker("durable-object", {
    env: {
      KVISTA_OBJECTS: object("KvObject"),
      KVISTA_CATALOG: object("KvCatalog"),
      BARE_OBJECTS: object("BareObject"),
      HOLDERS: object("Holder"),
    },
    exports: { KvObject: sqlite, KvCatalog: sqlite, BareObject: sqlite, Holder: sqlite },
  });
}
