// npm run simulate -- [--seeds N] [--from S] [--store NAME] [--seed S] [--planted [--ranges N]]: runs the simulator
// (tests/simulation), which scripts/build simulation has built, in as many processes as there are processors.
//
// Without options it runs as many seeds as CI does, from a base that it draws and prints, and then fails if anything
// that has to occur did not. `--seed` replays one. `--planted` runs the simulators with a bug planted on purpose, each
// over some ranges of seeds of the same size, and fails unless every range finds the bug it has, as what it is.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";

const checkout = join(import.meta.dirname, "..");
// At least so many operations are in so many seeds.
const seedsInCi = 10_000;
const leastOperations = 1_000_000;

const { values: options } = parseArgs({
  options: {
    seeds: { type: "string" },
    from: { type: "string" },
    seed: { type: "string" },
    store: { type: "string", default: "all" },
    planted: { type: "boolean", default: false },
    ranges: { type: "string", default: "5" },
  },
});

function wholeNumber(name: "seeds" | "from" | "seed" | "ranges", otherwise: bigint): bigint {
  const text = options[name];
  if (text === undefined) return otherwise;
  if (!/^\d{1,20}$/.test(text)) throw new Error(`--${name} is not a whole number: ${text}`);
  return BigInt(text);
}

/** A seed to begin at. */
function anyBase(): bigint {
  return BigInt(randomBytes(6).readUIntBE(0, 6));
}

type Finished = { readonly failed: boolean; readonly output: string };

/** One process of a simulator. */
function simulate(
  program: string,
  from: bigint,
  seeds: bigint,
  store: string,
  stopsAtFirst: boolean,
): Promise<Finished> {
  const child = spawn(
    join(checkout, "scripts/toolchain"),
    [`build/native/${program}`, `${from}`, `${seeds}`, store, stopsAtFirst ? "1" : "0"],
    { cwd: checkout, stdio: ["ignore", "pipe", "inherit"] },
  );
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code === 0 || code === 1) resolve({ failed: code === 1, output });
      else reject(new Error(`${program} from ${from} ended with ${signal ?? code}:\n${output}`));
    });
  });
}

/** All of them, some at a time, in order. */
async function inTurns<T>(jobs: readonly (() => Promise<T>)[]): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const work = async () => {
    while (next < jobs.length) {
      const index = next++;
      const job = jobs[index];
      if (job !== undefined) results[index] = await job();
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return results;
}

function countsIn(output: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [, name = "", number] of output.matchAll(/^count (.+): (\d+)$/gm)) {
    counts.set(name, Number(number));
  }
  return counts;
}

function operationsIn(output: string): number {
  return Number(/^operations: (\d+)$/m.exec(output)?.[1] ?? 0);
}

function withoutCounts(output: string): string {
  return output.replace(/^(?:count .+|operations): \d+\n/gm, "");
}

async function runSeeds(): Promise<boolean> {
  const one = options.seed !== undefined;
  const seeds = one ? 1n : wholeNumber("seeds", BigInt(seedsInCi));
  const from = one ? wholeNumber("seed", 0n) : wholeNumber("from", anyBase());
  const isWhole = options.store === "all" && seeds >= seedsInCi;
  console.log(`seeds ${from} to ${from + seeds - 1n}, stores: ${options.store}`);
  const parts = 8n;
  const jobs = Array.from({ length: Number(parts) }, (_, i) => {
    const begin = (seeds * BigInt(i)) / parts;
    const end = (seeds * BigInt(i + 1)) / parts;
    return () => simulate("simulate", from + begin, end - begin, options.store, false);
  });
  const finished = await inTurns(jobs);
  const sums = new Map<string, number>();
  let operations = 0;
  let failed = false;
  for (const part of finished) {
    process.stdout.write(withoutCounts(part.output));
    failed ||= part.failed;
    operations += operationsIn(part.output);
    for (const [name, count] of countsIn(part.output)) {
      sums.set(name, (sums.get(name) ?? 0) + count);
    }
  }
  for (const [name, count] of sums) console.log(`${String(count).padStart(10)}  ${name}`);
  const missing = [...sums].filter(([, count]) => count === 0).map(([name]) => name);
  if (isWhole && (missing.length > 0 || sums.size === 0)) {
    console.log(`never occurred: ${missing.join(", ")}`);
    failed = true;
  }
  if (isWhole && operations < leastOperations) {
    console.log(`too few operations: ${operations} of ${leastOperations}`);
    failed = true;
  }
  console.log(
    `simulation: ${seeds} seeds, ${operations} operations: ${failed ? "FAILED" : "passed"}`,
  );
  return !failed;
}

type Bug = { readonly name: string; readonly store: string; readonly finds: readonly string[] };

function plantedBugs(): Bug[] {
  return globSync("tests/simulation/planted/*.cmake", { cwd: checkout })
    .sort()
    .map((file) => {
      const text = readFileSync(join(checkout, file), "utf8");
      const setting = (name: string) => {
        const found = new RegExp(`^set\\(${name} "?([^")]+)"?\\)$`, "m").exec(text)?.[1];
        if (found === undefined) throw new Error(`${file} sets no ${name}`);
        return found;
      };
      const name = basename(file, ".cmake");
      return { name, store: setting("store"), finds: setting("finds").split(" ") };
    });
}

async function runPlanted(): Promise<boolean> {
  const ranges = Number(wholeNumber("ranges", 5n));
  const seeds = wholeNumber("seeds", BigInt(seedsInCi));
  const bugs = plantedBugs();
  const jobs = bugs.flatMap((bug) =>
    Array.from({ length: ranges }, () => async () => {
      const from = anyBase();
      const { failed, output } = await simulate(
        `simulate-${bug.name}`,
        from,
        seeds,
        bug.store,
        true,
      );
      const kind = /^FAILED (\S+): seed (\d+)/m.exec(output);
      const isFound = failed && kind?.[1] !== undefined && bug.finds.includes(kind[1]);
      const what = kind === null ? "nothing" : `${kind[1]} at seed ${kind[2]}`;
      return {
        bug,
        isFound,
        line: `from ${from}: ${what}, after ${operationsIn(output)} operations`,
      };
    }),
  );
  let missed = 0;
  let before = "";
  for (const { bug, isFound, line } of await inTurns(jobs)) {
    if (bug.name !== before) console.log(`${bug.name} (expects ${bug.finds.join(" or ")})`);
    before = bug.name;
    console.log(`  ${isFound ? "found " : "MISSED"} ${line}`);
    if (!isFound) missed += 1;
  }
  const passed = missed === 0 && bugs.length > 0;
  console.log(
    `planted bugs: ${bugs.length} bugs in ${ranges} ranges each, ${missed} missed: ${passed ? "passed" : "FAILED"}`,
  );
  return passed;
}

process.exitCode = (await (options.planted ? runPlanted() : runSeeds())) ? 0 : 1;
