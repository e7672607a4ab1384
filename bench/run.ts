// npm run bench -- [--quick] [GROUP…]: runs the groups, or the named ones, and prints the tables. A run of all
// groups also writes them, with the chart, to bench/results/, and the summary into docs/speed.md. A quick run
// measures little, only to see that all works, and writes nothing. Nothing here passes or fails by a
// time: a goal is reported, not asserted. What cannot be measured, such as a peer that is not there, is
// an error.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { svg } from "./chart.ts";
import { replaceBetweenMarkers, summary } from "./goals.ts";
import type { Line } from "./line.ts";
import { loadNow, machine } from "./machine.ts";
import { RunPlan } from "./plan.ts";
import { markdown } from "./report.ts";
import { cloudflareKvRows } from "./rows/cloudflare-kv.ts";
import { coreRows } from "./rows/core.ts";
import { durableObjectRows } from "./rows/durable-object.ts";
import { eventLoopRows } from "./rows/event-loop.ts";
import { filesystemRows } from "./rows/filesystem.ts";
import { instructionCounts, type PathCount } from "./rows/instructions.ts";
import { memoryRows } from "./rows/memory.ts";
import { memoryFootprintRows } from "./rows/memory-footprint.ts";
import { memoryListRows } from "./rows/memory-list.ts";
import { redisRows } from "./rows/redis.ts";
import { redisListRows } from "./rows/redis-list.ts";

type Rows = (plan: RunPlan) => Promise<Line[]>;

const groups: { readonly [name: string]: readonly Rows[] } = {
  memory: [memoryRows, memoryListRows, memoryFootprintRows],
  // Before the groups that leave the disk with work of their own.
  filesystem: [filesystemRows, eventLoopRows],
  "cloudflare-kv": [cloudflareKvRows],
  "durable-object": [durableObjectRows],
  redis: [redisRows, redisListRows],
  core: [coreRows],
};
const instructionsName = "instructions";
const names = [...Object.keys(groups), instructionsName];

const words = process.argv.slice(2);
const isQuick = words.includes("--quick");
// What a run of all groups asks of a process for one of them: its lines, as JSON.
const isPart = words.includes("--lines");
const asked = words.filter((word) => word !== "--quick" && word !== "--lines");
const unknown = asked.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`no group is called '${unknown.join("', '")}'; there are: ${names.join(", ")}`);
  process.exit(2);
}
const isAsked = (name: string) => asked.length === 0 || asked.includes(name);

async function measure(rows: readonly Rows[]): Promise<Line[]> {
  const lines: Line[] = [];
  for (const row of rows) lines.push(...(await row(plan)));
  return lines;
}

// Each group is a process of its own, as the program is that uses one store: what another group has left in
// the heap, and the types that it has shown the compiler, are no part of it.
function linesOf(name: string): Line[] {
  plan.say(name);
  const args = [import.meta.filename, name, "--lines", ...(isQuick ? ["--quick"] : [])];
  const lines = execFileSync(process.execPath, args, {
    stdio: ["ignore", "pipe", "inherit"],
    maxBuffer: 1e8,
    encoding: "utf8",
  });
  return JSON.parse(lines);
}

const plan = new RunPlan(isQuick);
const [startedAt, loadAtStart] = [new Date(), loadNow()];
const measured = new Map<string, Line[]>();
for (const [name, rows] of Object.entries(groups)) {
  if (!isAsked(name)) continue;
  measured.set(name, asked.length === 0 ? linesOf(name) : await measure(rows));
}
if (isPart) {
  // Written before the process ends.
  writeFileSync(process.stdout.fd, JSON.stringify([...measured.values()].flat()));
  process.exit(0);
}
const instructions: PathCount[] = isAsked(instructionsName) ? instructionCounts(plan) : [];

const all = [...measured.values()].flat();
const report = markdown({ groups: measured, instructions }, machine(loadAtStart, startedAt));
console.log(report);
if (asked.length === 0) console.log(summary(all).join("\n"));
if (asked.length === 0 && !isQuick) {
  const results = join(import.meta.dirname, "results");
  mkdirSync(results, { recursive: true });
  writeFileSync(join(results, "latest.md"), report);
  writeFileSync(join(results, "latest.svg"), svg(all));
  replaceBetweenMarkers(join(dirname(import.meta.dirname), "docs/speed.md"), summary(all));
  plan.say(
    "written: bench/results/latest.md, bench/results/latest.svg, and the table of docs/speed.md",
  );
}
