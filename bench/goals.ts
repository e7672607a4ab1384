// The summary of a run against the goals, which docs/speed.md shows.
import { readFileSync, writeFileSync } from "node:fs";
import { goalRows } from "./goal-rows.ts";
import type { Line } from "./line.ts";

/** A line for each row: of each of its parts the worst that was measured. */
export function summary(lines: readonly Line[]): string[] {
  const body = Object.entries(goalRows).map(([name, { what, against, least }]) => {
    const goals = lines.flatMap(({ goal }) => (goal?.row === name ? [goal] : []));
    if (goals.length === 0) throw new Error(`nothing was measured for the goal '${what}'`);
    const worst = new Map<string, (typeof goals)[number]>();
    for (const goal of goals) {
      if (goal.taken > (worst.get(goal.part)?.taken ?? Number.NEGATIVE_INFINITY)) {
        worst.set(goal.part, goal);
      }
    }
    const measured = [...worst.values()].map(({ part, measured }) => `${part}: ${measured}`);
    const missed = [...worst.values()].filter(({ isReached }) => !isReached);
    const verdict =
      missed.length === 0 ? "yes" : `**no**: ${missed.map(({ part }) => part).join(", ")}`;
    return `| ${[what, against, least, measured.join("; "), verdict].join(" | ")} |`;
  });
  return [
    "| what | compared with | goal | worst result | goal reached |",
    "| --- | --- | --- | --- | --- |",
    ...body,
    "",
    "All figures: [bench/results/latest.md](../bench/results/latest.md)",
    "",
    "![For each measurement, the time of kvista divided by the time of the other](../bench/results/latest.svg)",
  ];
}

const markers = { begin: "<!-- bench -->", end: "<!-- /bench -->" };

/** Puts the lines between the markers of that file, in place of those that are there. */
export function replaceBetweenMarkers(file: string, lines: readonly string[]): void {
  const text = readFileSync(file, "utf8");
  const begin = text.indexOf(markers.begin);
  const end = text.indexOf(markers.end, begin);
  if (begin === -1 || end === -1) {
    throw new Error(`${file} lacks the lines ${markers.begin} and ${markers.end}`);
  }
  const before = text.slice(0, begin + markers.begin.length);
  writeFileSync(file, `${before}\n${lines.join("\n")}\n${text.slice(end)}`);
}
