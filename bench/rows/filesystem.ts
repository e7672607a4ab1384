// The filesystem store against Uploadista's and unstorage's, which neither replace a value atomically
// nor lock it: the same file system, the same keys and values, one operation at a time.
import { formatCount, grown, type Line, ratioGoal, timeLines } from "../line.ts";
import type { RunPlan } from "../plan.ts";
import { uploadKeys, uploadRecord } from "../workload.ts";
import { type FilePeer, withFilePeers } from "./file-peers.ts";

const mostOfTheirs = { get: 1.3, set: 2.0 } as const;
// What is written before anything is measured.
const inFlight = 32;

export async function filesystemRows(plan: RunPlan): Promise<Line[]> {
  const lines: Line[] = [];
  const [least, ...more] = plan.amounts(500);
  for (const amount of [least, ...more]) {
    await withFilePeers(async (peers) => {
      lines.push(...(await measure(plan, peers, amount, amount > least)));
    });
  }
  return lines;
}

async function measure(
  plan: RunPlan,
  peers: readonly FilePeer[],
  amount: number,
  isOnlyGrowth: boolean,
): Promise<Line[]> {
  const keys = uploadKeys(amount);
  const value = uploadRecord(300);
  plan.say(`filesystem: writing ${formatCount(amount)} keys`);
  for (const { set } of peers) {
    for (let from = 0; from < amount; from += inFlight) {
      await Promise.all(keys.slice(from, from + inFlight).map((key) => set(key, value)));
    }
  }
  const lines: Line[] = [];
  for (const operation of ["get", "set"] as const) {
    const row = `filesystem ${operation}, 300 B`;
    const what = `${row}, ${formatCount(amount)} keys`;
    const contenders = peers.map((peer) => ({
      name: peer.name,
      run: loop(peer, operation, keys, value),
    }));
    // The work is the kernel's and that of Node's threads: what counts is the time of the wall.
    const pace = { isRemote: true, rounds: isOnlyGrowth ? 7 : 15 };
    const compared = timeLines(what, await plan.measure(what, contenders, pace), (ratio) =>
      isOnlyGrowth ? undefined : ratioGoal("filesystem", operation, ratio, mostOfTheirs[operation]),
    );
    lines.push(...grown(compared, { row, data: "files in the directory", amount, isOnlyGrowth }));
  }
  return lines;
}

function loop(
  { name, get, set }: FilePeer,
  operation: "get" | "set",
  keys: readonly string[],
  value: string,
): (n: number) => Promise<void> {
  let at = 0;
  const nextKey = () => keys[at++ % keys.length] as string;
  if (operation === "set") {
    return async (n) => {
      for (let i = 0; i < n; i++) await set(nextKey(), value);
    };
  }
  return async (n) => {
    for (let i = 0; i < n; i++) {
      if ((await get(nextKey())) === null) throw new Error(`${name} misses a key`);
    }
  };
}
