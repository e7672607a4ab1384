// The report of a run: its tables as Markdown. It measures nothing.
import { growthTable } from "./growth.ts";
import { formatFigure, formatRatio, type Line } from "./line.ts";
import { instructionTable, type PathCount } from "./rows/instructions.ts";

export type Results = {
  readonly groups: ReadonlyMap<string, readonly Line[]>;
  readonly instructions: readonly PathCount[];
};

/** The whole report; `about` are the lines about the machine. */
export function markdown({ groups, instructions }: Results, about: readonly string[]): string {
  const parts = ["# Benchmarks", "", ...about, "", ...reading];
  for (const [group, lines] of groups) {
    const shown = lines.filter(({ growth }) => growth?.isOnlyGrowth !== true);
    parts.push("", `## ${group}`, "", ...table(shown));
  }
  const all = [...groups.values()].flat();
  if (all.some(({ growth }) => growth !== undefined)) {
    parts.push("", "## Growth", "", ...aboutGrowth, "", ...growthTable(all));
  }
  if (instructions.length > 0) {
    parts.push("", "## Instructions", "", ...aboutInstructions, "");
    parts.push(...instructionTable(instructions));
  }
  return `${parts.join("\n")}\n`;
}

const reading = [
  "Ours and theirs take turns in rounds of one run. Figures are medians over the rounds, with the quartiles in",
  "brackets; a ratio is the median of each round's own ratio, ours by theirs, so below 1 ours takes less.",
  "What runs in the benchmark's own process is measured in processor time of its thread, which other work on the",
  "machine does not lengthen; what is done by workerd, by a server or by the kernel, in time of the wall, and there",
  "a busy machine shows. A line without a goal is shown for information.",
  "",
  "![ratios](latest.svg)",
];

const aboutGrowth = [
  "The same over ten and a hundred times the data, and by how much each tenfold multiplies the time: ×1 does not",
  "depend on the data, ×10 goes through all of it.",
];

const aboutInstructions = [
  "What the core takes for one operation, compiled natively with -O2 and counted by valgrind: without its host, and",
  "without the crossing to JavaScript.",
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
