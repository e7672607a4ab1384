// How long the filesystem store keeps the event loop from its other work: the longest delay of a timer of
// one millisecond while many operations are in flight, beside that of the stores that it is compared with.
import { type Line, limitGoal, timeLines } from "../line.ts";
import { figure, type Measured } from "../measure.ts";
import type { RunPlan } from "../plan.ts";
import { uploadKeys, uploadRecord } from "../workload.ts";
import { type FilePeer, withFilePeers } from "./file-peers.ts";

const rounds = 7;
const timerMs = 1;
// No number belongs to "without blocking". A frame of an animation is 17 ms; a loop that is late by more is
// taken for blocked here.
const mostDelayNs = 20e6;
const loads = [
  { size: "300 B", value: uploadRecord(300), inFlight: 100, operations: 4000, hasGoal: true },
  { size: "1 MB", value: uploadRecord(1_000_000), inFlight: 4, operations: 100, hasGoal: false },
] as const;

export async function eventLoopRows(plan: RunPlan): Promise<Line[]> {
  const lines: Line[] = [];
  await withFilePeers(async (peers) => {
    for (const load of loads) {
      for (const operation of ["set", "get"] as const) {
        lines.push(...(await measure(plan, peers, load, operation)));
      }
    }
  });
  return lines;
}

async function measure(
  plan: RunPlan,
  peers: readonly FilePeer[],
  { size, value, inFlight, operations, hasGoal }: (typeof loads)[number],
  operation: "get" | "set",
): Promise<Line[]> {
  const what = `longest delay of a timer during filesystem ${operation}, ${size}, ${inFlight} in flight`;
  plan.say(what);
  const keys = uploadKeys(inFlight);
  const measured = peers.map(({ name }) => ({ name, samples: [] as number[] }));
  for (let round = 0; round <= plan.repetitions(rounds); round++) {
    for (const [i, peer] of peers.entries()) {
      const delay = await longestDelay(async () => {
        const one = async (key: string) => {
          for (let n = 0; n < plan.repetitions(operations) / inFlight; n++) {
            await (operation === "get" ? peer.get(key) : peer.set(key, value));
          }
        };
        await Promise.all(keys.map(one));
      });
      // The first round warms up.
      if (round > 0) measured[i]?.samples.push(delay);
    }
  }
  return timeLines(what, measured, (_, ours) =>
    hasGoal
      ? limitGoal(
          "filesystem",
          `delay of a timer by ${operation}`,
          medianOf(ours),
          mostDelayNs,
          "time",
        )
      : undefined,
  );
}

const medianOf = ({ samples }: Measured) => figure(samples).median;

/** In nanoseconds. */
async function longestDelay(load: () => Promise<void>): Promise<number> {
  let longest = 0;
  let last = performance.now();
  const look = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last - timerMs);
    last = now;
  };
  const timer = setInterval(look, timerMs);
  try {
    await load();
  } finally {
    clearInterval(timer);
  }
  look();
  return longest * 1e6;
}
