// The report of a run: its lines, and the Markdown table over them. It measures nothing.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, cpus, loadavg } from "node:os";
import { dirname, join } from "node:path";
import { compare, type Figure, figure, type Measured } from "./measure.ts";

/** One comparison, or with nothing to compare one figure. */
export type Line = {
  readonly what: string;
  readonly unit: "time" | "calls" | "bytes";
  readonly ours: Figure;
  readonly against?: string;
  readonly theirs?: Figure;
  /** Ours by theirs: below 1, ours takes less. */
  readonly ratio?: Figure;
  readonly goal?: Goal;
};

export type Goal = { readonly text: string; readonly isReached: boolean };

/** A limit on the ratio. `isStrict` excludes the limit itself. */
export function ratioGoal(ratio: Figure, limit: number, isStrict = false): Goal {
  const isReached = isStrict ? ratio.median < limit : ratio.median <= limit;
  return { text: `${isStrict ? "<" : "≤"} ${limit} of its time`, isReached };
}

/** The lines of one row: the first of the measured against each of the others. */
export function timeLines(
  what: string,
  measured: readonly Measured[],
  goal: (ratio: Figure, ours: Measured, theirs: Measured) => Goal | undefined = () => undefined,
): Line[] {
  const [ours, ...others] = measured as [Measured, ...Measured[]];
  return others.map((theirs) => {
    const ratio = compare(ours, theirs, (a, b) => a / b);
    const wanted = goal(ratio, ours, theirs);
    return {
      what,
      unit: "time",
      ours: figure(ours.samples),
      against: theirs.name,
      theirs: figure(theirs.samples),
      ratio,
      ...(wanted !== undefined && { goal: wanted }),
    };
  });
}

const significant = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** A figure of that unit, with its quartiles unless they are equal. */
export function formatFigure({ median, low, high }: Figure, unit: Line["unit"]): string {
  const [scale, name] = scaleOf(median, unit);
  const format = (value: number) =>
    unit === "time" ? significant.format(value / scale) : whole.format(value / scale);
  return low === high
    ? `${format(median)} ${name}`
    : `${format(median)} ${name} (${format(low)}–${format(high)})`;
}

function scaleOf(median: number, unit: Line["unit"]): [number, string] {
  if (unit !== "time") return [1, unit];
  if (median < 1e3) return [1, "ns"];
  if (median < 1e6) return [1e3, "µs"];
  return [1e6, "ms"];
}

export function formatRatio({ median, low, high }: Figure): string {
  const format = (value: number) => significant.format(value);
  return low === high ? format(median) : `${format(median)} (${format(low)}–${format(high)})`;
}

/** The whole report. A row's name and our figure stand in its first line only. */
export function markdown(groups: ReadonlyMap<string, readonly Line[]>): string {
  const parts = ["# Benchmarks", "", ...machine(), "", ...reading];
  for (const [group, lines] of groups) {
    parts.push("", `## ${group}`, "", ...table(lines));
  }
  return `${parts.join("\n")}\n`;
}

const reading = [
  "Ours and theirs take turns in rounds of one run. Figures are medians over the rounds, with the quartiles in",
  "brackets; a ratio is the median of each round's own ratio, ours by theirs, so below 1 ours takes less.",
  "What runs in the benchmark's own process is measured in processor time of its thread, which other work on the",
  "machine does not lengthen; what runs in workerd, in time of the wall, and there a busy machine shows.",
  "A line without a goal is shown for information.",
  "",
  "![ratios](latest.svg)",
];

function table(lines: readonly Line[]): string[] {
  let last = "";
  const body = lines.map((line) => {
    const isFirst = line.what !== last;
    last = line.what;
    const cells = [
      isFirst ? line.what : "",
      isFirst ? formatFigure(line.ours, line.unit) : "",
      line.against ?? "",
      line.theirs === undefined ? "" : formatFigure(line.theirs, line.unit),
      line.ratio === undefined ? "" : formatRatio(line.ratio),
      line.goal?.text ?? "",
      line.goal === undefined ? "" : line.goal.isReached ? "yes" : "**no**",
    ];
    return `| ${cells.join(" | ")} |`;
  });
  return [
    "| what | kvista | against | theirs | ratio | goal | reached |",
    "| --- | --- | --- | --- | --- | --- | --- |",
    ...body,
  ];
}

function machine(): string[] {
  const require = createRequire(import.meta.url);
  // workerd is not among our own packages: it is found from the one that brings it.
  const fromMiniflare = createRequire(require.resolve("miniflare"));
  const workerd: { version: string } = fromMiniflare("workerd/package.json");
  const versionOf = (name: string): string => {
    const file = join(dirname(import.meta.dirname), "node_modules", name, "package.json");
    return `${name} ${JSON.parse(readFileSync(file, "utf8")).version}`;
  };
  const load = loadavg().map((one) => one.toFixed(1));
  return [
    `- date: ${new Date().toISOString().slice(0, 16).replace("T", " ")} UTC`,
    `- machine: ${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, ${execFileSync("uname", ["-sr"], { encoding: "utf8" }).trim()}; load at the end ${load.join(", ")}`,
    `- Node ${process.versions.node}, workerd ${workerd.version}`,
    `- peers: ${["effect", "unstorage", "keyv"].map(versionOf).join(", ")}, Uploadista's packages 1.0.0`,
  ];
}
