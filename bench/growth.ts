// The table of growth: what ten and a hundred times the data do to each row, ours and theirs.

import {
  exactly,
  formatCount,
  formatFigure,
  formatNumber,
  type Growth,
  type Line,
} from "./line.ts";
import type { Figure } from "./measure.ts";

type Grown = Line & { readonly growth: Growth };

/** A row for each comparison that was made over several amounts; the amounts follow by tens. */
export function growthTable(lines: readonly Line[]): string[] {
  const series = Map.groupBy(
    lines.filter((line): line is Grown => line.growth !== undefined),
    ({ growth, against }) => `${growth.row}\n${against}`,
  );
  const body: string[] = [];
  let last = "";
  for (const members of series.values()) {
    members.sort((a, b) => a.growth.amount - b.growth.amount);
    const [{ growth, unit, against = "" }] = members as [Grown, ...Grown[]];
    const isFirst = growth.row !== last;
    last = growth.row;
    const amounts = members.map((one) => formatCount(one.growth.amount)).join(", ");
    const of = (side: (line: Line) => Figure | undefined): [string, string] => {
      const medians = members.map((line) => side(line)?.median ?? Number.NaN);
      if (medians.some(Number.isNaN)) return ["", ""];
      const shown = medians.map((one) => formatFigure(exactly(one), unit));
      return [shown.join(", "), factors(medians)];
    };
    const cells = [
      isFirst ? growth.row : "",
      isFirst ? `${amounts} ${growth.data}` : "",
      ...(isFirst ? of(({ ours }) => ours) : ["", ""]),
      against,
      ...of(({ theirs }) => theirs),
    ];
    body.push(`| ${cells.join(" | ")} |`);
  }
  return [
    "| what | data | kvista | by | against | theirs | by |",
    "| --- | --- | --- | --- | --- | --- | --- |",
    ...body,
  ];
}

// From each amount to the next.
function factors(medians: readonly number[]): string {
  return medians
    .slice(1)
    .map((median, i) => `×${formatNumber(median / (medians[i] as number))}`)
    .join(", ");
}
