// npm run bench -- [GROUP…]: runs the groups of rows, or the named ones, and prints the table. A run of
// all groups also writes it, with the chart, to bench/results/. Nothing here passes or fails by a time:
// a goal is reported, not asserted. What cannot be measured, such as a peer that is not there, is an error.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { svg } from "./chart.ts";
import { type Line, markdown } from "./report.ts";
import { cloudflareKvRows } from "./rows/cloudflare-kv.ts";
import { coreRows } from "./rows/core.ts";
import { durableObjectRows } from "./rows/durable-object.ts";
import { filesystemRows } from "./rows/filesystem.ts";
import { memoryRows } from "./rows/memory.ts";
import { memoryFootprintRows } from "./rows/memory-footprint.ts";
import { memoryListRows } from "./rows/memory-list.ts";
import { redisRows } from "./rows/redis.ts";

const groups: { readonly [name: string]: readonly (() => Promise<Line[]>)[] } = {
  memory: [memoryRows, memoryListRows, memoryFootprintRows],
  "cloudflare-kv": [cloudflareKvRows],
  "durable-object": [durableObjectRows],
  filesystem: [filesystemRows],
  redis: [redisRows],
  core: [coreRows],
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in groups));
if (unknown.length > 0) {
  console.error(
    `no group is called '${unknown.join("', '")}'; there are: ${Object.keys(groups).join(", ")}`,
  );
  process.exit(2);
}

const measured = new Map<string, Line[]>();
for (const [name, rows] of Object.entries(groups)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const lines: Line[] = [];
  for (const row of rows) lines.push(...(await row()));
  measured.set(name, lines);
  console.error(`${name}: ${lines.length} lines`);
}

const report = markdown(measured);
console.log(report);
if (asked.length === 0) {
  const results = join(import.meta.dirname, "results");
  mkdirSync(results, { recursive: true });
  writeFileSync(join(results, "latest.md"), report);
  writeFileSync(join(results, "latest.svg"), svg([...measured.values()].flat()));
}
