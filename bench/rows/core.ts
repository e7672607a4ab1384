// The core itself: its size as it is sent, and how long an instance of it takes to be ready.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { defaultLimitBytes, Instance } from "../../bindings/core.ts";
import { alternate, type Contender, figure } from "../measure.ts";
import { startWorker } from "../miniflare.ts";
import type { Line } from "../report.ts";

const folder = join(import.meta.dirname, "..", "..", "bindings");
const modules = ["core-worker.wasm", "core-object.wasm", "core-node.wasm", "core-directory.wasm"];
const mostBytes = 80_000;
const mostNs = 5e6;

export async function coreRows(): Promise<Line[]> {
  await using worker = await startWorker("core");
  const inNode = async (n: number) => {
    for (let i = 0; i < n; i++) new Instance(defaultLimitBytes);
  };
  const inWorkerd = (n: number) => worker.call(`/?n=${n}`);
  return [
    ...modules.map(sizeLine),
    await startLine("Node", inNode),
    await startLine("workerd", inWorkerd),
  ];
}

function sizeLine(module: string): Line {
  const bytes = gzipSync(readFileSync(join(folder, module)), { level: 9 }).length;
  const ours = { median: bytes, low: bytes, high: bytes };
  const goal = { text: "≤ 80,000 bytes", isReached: bytes <= mostBytes };
  return { what: `${module}, gzip`, unit: "bytes", ours, goal };
}

async function startLine(where: "Node" | "workerd", run: Contender["run"]): Promise<Line> {
  const isRemote = where === "workerd";
  const what = `an instance of the core, ready in ${where}`;
  const [measured] = await alternate([{ name: what, run }], { sampleMs: 50, isRemote });
  const ours = figure(measured?.samples ?? []);
  const line = { what, unit: "time", ours } as const;
  return isRemote ? { ...line, goal: { text: "≤ 5 ms", isReached: ours.median <= mostNs } } : line;
}
