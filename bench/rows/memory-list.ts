// Memory prefix list with ten hits among many keys, against a scan of a Map.
import { Effect } from "effect";
import { memoryKvStore } from "../../bindings/entries/index.ts";
import { fasterGoal, formatCount, grown, type Line, timeLines } from "../line.ts";
import type { Contender } from "../measure.ts";
import type { RunPlan } from "../plan.ts";
import { uploadistaMemoryStore } from "../uploadista.ts";
import { shuffle } from "../workload.ts";

const value = "a value: none is read";
const namespace = "uploadista:upload-file:";
const batchKeys = 1000;
const hits = 10;
const scanName = "scan of a Map";

const timesFaster = 1000;

export async function memoryListRows(plan: RunPlan): Promise<Line[]> {
  const lines: Line[] = [];
  const amounts = plan.amounts(10_000);
  for (const count of amounts) {
    const digits = String(count).length - 1;
    const keys = Array.from(
      { length: count },
      (_, i) => namespace + String(i).padStart(digits, "0"),
    );
    // All but the last digit: ten keys have it.
    const prefix = (keys[count >> 1] as string).slice(0, -1);
    shuffle(keys);
    const contenders = [
      await ours(keys, prefix),
      scan(keys, prefix),
      await uploadista(keys, prefix),
    ];
    const what = `memory list, ${hits} of ${formatCount(count)} keys`;
    const measured = await plan.measure(what, contenders, { rounds: 9 });
    const compared = timeLines(what, measured, (ratio, _, { name }) =>
      count === amounts[2] && name === scanName
        ? fasterGoal("memoryList", "list", ratio, timesFaster)
        : undefined,
    );
    const row = `memory list, ${hits} hits`;
    lines.push(...grown(compared, { row, data: "keys in the store", amount: count }));
  }
  return lines;
}

async function ours(keys: readonly string[], prefix: string): Promise<Contender> {
  const store = memoryKvStore({ maxBytes: 1024 ** 3 });
  for (let from = 0; from < keys.length; from += batchKeys) {
    const batch = keys.slice(from, from + batchKeys).map((key) => ({ key, value }));
    for (const outcome of await store.setMany(batch)) if (!outcome.ok) throw outcome.error;
  }
  return {
    name: "kvista",
    async run(n) {
      for (let i = 0; i < n; i++) complete(await store.list(prefix));
    },
  };
}

function scan(keys: readonly string[], prefix: string): Contender {
  const store = new Map(keys.map((key) => [key, value]));
  const list = async () => {
    const found: string[] = [];
    for (const key of store.keys()) if (key.startsWith(prefix)) found.push(key);
    return found.sort();
  };
  return {
    name: scanName,
    async run(n) {
      for (let i = 0; i < n; i++) complete(await list());
    },
  };
}

async function uploadista(keys: readonly string[], prefix: string): Promise<Contender> {
  const store = await uploadistaMemoryStore();
  for (const key of keys) Effect.runSync(store.set(key, value));
  return {
    name: "Uploadista, Effect.runPromise",
    async run(n) {
      for (let i = 0; i < n; i++) complete(await Effect.runPromise(store.list(prefix)));
    },
  };
}

function complete(found: readonly string[]): void {
  if (found.length !== hits) throw new Error(`${found.length} keys were listed instead of ${hits}`);
}
