// Times contenders against each other. They take turns within one run, so that what else the machine
// does falls on all of them, and a sample begins with the garbage of the one before collected.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Carries out that many operations, each awaited before the next. */
export type Contender = {
  readonly name: string;
  readonly run: (operations: number) => Promise<unknown>;
};

/** Nanoseconds for one operation, a sample for each round. */
export type Measured = { readonly name: string; readonly samples: readonly number[] };

/** A median with its quartiles. */
export type Figure = { readonly median: number; readonly low: number; readonly high: number };

export type Pace = {
  readonly rounds?: number;
  /** How long all rounds may take, roughly: there are fewer of them if they are longer, but two. */
  readonly mostMs?: number;
  /** How long a sample takes, roughly. */
  readonly sampleMs?: number;
  /**
   * The work is done by another process at the request of this one. Then the time is that of the
   * wall, less what a run of one operation takes, which tells the cost of the request itself. Else it
   * is the time that this thread had a processor: what other processes take of the machine counts
   * for nobody.
   */
  readonly isRemote?: boolean;
};

const leastRounds = 2;
// Of so many times a sample's length, one operation is a sample by itself.
const longOperation = 5;

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

/** Measures all contenders, in rounds, each round beginning with another of them. */
export async function alternate(
  contenders: readonly Contender[],
  { rounds = 15, mostMs = 30_000, sampleMs = 40, isRemote = false }: Pace = {},
): Promise<Measured[]> {
  const prepared: Prepared[] = [];
  for (const contender of contenders) {
    const operations = await calibrate(contender, sampleMs, isRemote);
    prepared.push({ ...contender, operations, samples: [] });
  }
  const start = performance.now();
  const notKept = warmUpRounds(prepared);
  for (let round = 1 - notKept; round <= rounds; round++) {
    if (round > leastRounds && performance.now() - start > mostMs) break;
    for (let i = 0; i < prepared.length; i++) {
      const contender = prepared[(round + notKept + i) % prepared.length] as Prepared;
      collectGarbage();
      const sampled = await sample(contender, contender.operations, isRemote);
      if (round > 0) contender.samples.push(sampled);
    }
  }
  return prepared;
}

// Rounds that are not kept. What is measured is what a process does that has run for a while: the compilers
// of V8 take a good part of a second to be through with either side, and what ran before may have changed the
// types that they saw.
function warmUpRounds(prepared: readonly Prepared[]): number {
  return prepared.some(({ operations }) => operations === 1) ? 1 : 6;
}

type Prepared = Contender & { readonly operations: number; readonly samples: number[] };

async function calibrate(
  contender: Contender,
  sampleMs: number,
  isRemote: boolean,
): Promise<number> {
  // Where one operation is longer than many samples, its fixed cost does not show.
  if ((await time(contender, 1, isRemote)) > longOperation * sampleMs * 1e6) return 1;
  for (let operations = 2; ; operations *= 2) {
    const each = await sample(contender, operations, isRemote);
    // Doubling ends a half to a whole above the target; the rest of the way is proportional.
    if (each * operations >= (sampleMs / 2) * 1e6) return Math.ceil((sampleMs * 1e6) / each) + 1;
  }
}

async function sample(
  contender: Contender,
  operations: number,
  isRemote: boolean,
): Promise<number> {
  if (!isRemote || operations === 1)
    return (await time(contender, operations, isRemote)) / operations;
  const ones = [];
  for (let i = 0; i < 3; i++) ones.push(await time(contender, 1, true));
  const all = await time(contender, operations, true);
  return (all - figure(ones).median) / (operations - 1);
}

async function time(contender: Contender, operations: number, isRemote: boolean): Promise<number> {
  const start = nanoseconds(isRemote);
  await contender.run(operations);
  return nanoseconds(isRemote) - start;
}

function nanoseconds(ofWall: boolean): number {
  if (ofWall) return performance.now() * 1e6;
  const { user, system } = process.threadCpuUsage();
  return (user + system) * 1e3;
}

export function figure(samples: readonly number[]): Figure {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (part: number) => {
    const place = part * (sorted.length - 1);
    const below = sorted[Math.floor(place)] as number;
    const above = sorted[Math.ceil(place)] as number;
    return below + (above - below) * (place % 1);
  };
  return { median: at(0.5), low: at(0.25), high: at(0.75) };
}

/** Compares round by round, so that a slow stretch of the machine is on both sides of each pair. */
export function compare(
  ours: Measured,
  theirs: Measured,
  by: (ours: number, theirs: number) => number,
): Figure {
  return figure(ours.samples.map((sampled, i) => by(sampled, theirs.samples[i] as number)));
}
