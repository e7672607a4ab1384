// The core itself: its size as it is sent, and how long an instance of it takes to be ready.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { defaultLimitBytes, Instance } from "../../bindings/boundary/instance.ts";
import { exactly, type Line, limitGoal } from "../line.ts";
import { type Contender, figure } from "../measure.ts";
import { startWorker } from "../miniflare.ts";
import type { RunPlan } from "../plan.ts";

const folder = join(import.meta.dirname, "..", "..", "bindings", "boundary", "modules");
const modules = ["core-worker.wasm", "core-object.wasm", "core-node.wasm", "core-directory.wasm"];
const mostBytes = 80_000;
const mostNs = 5e6;

export async function coreRows(plan: RunPlan): Promise<Line[]> {
  await using worker = await startWorker("core");
  const inNode = async (n: number) => {
    for (let i = 0; i < n; i++) new Instance(defaultLimitBytes);
  };
  const inWorkerd = (n: number) => worker.call(`/?n=${n}`);
  return [
    ...modules.map(sizeLine),
    await startLine(plan, "Node", inNode),
    await startLine(plan, "workerd", inWorkerd),
  ];
}

function sizeLine(module: string): Line {
  const bytes = gzipSync(readFileSync(join(folder, module)), { level: 9 }).length;
  const goal = limitGoal("core", "size", bytes, mostBytes, "bytes");
  return { what: `${module}, gzip`, unit: "bytes", ours: exactly(bytes), goal };
}

async function startLine(
  plan: RunPlan,
  where: "Node" | "workerd",
  run: Contender["run"],
): Promise<Line> {
  const isRemote = where === "workerd";
  const what = `an instance of the core, ready in ${where}`;
  const [measured] = await plan.measure(what, [{ name: what, run }], { sampleMs: 50, isRemote });
  const ours = figure(measured?.samples ?? []);
  const line = { what, unit: "time", ours } as const;
  return isRemote
    ? { ...line, goal: limitGoal("core", "start", ours.median, mostNs, "time") }
    : line;
}
