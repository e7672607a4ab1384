// The lines of a report: comparisons of ours with theirs, and the goals that some of them have.
import type { GoalRow } from "./goal-rows.ts";
import { compare, type Figure, figure, type Measured } from "./measure.ts";

export type Unit = "time" | "calls" | "bytes";

/** One comparison, or with nothing to compare one figure. */
export type Line = {
  readonly what: string;
  readonly unit: Unit;
  readonly ours: Figure;
  readonly against?: string;
  readonly theirs?: Figure;
  /** Ours by theirs: below 1, ours takes less. */
  readonly ratio?: Figure;
  readonly goal?: Goal;
  readonly growth?: Growth;
};

/** What one line must reach, as a part of a row of the goals. */
export type Goal = {
  readonly row: GoalRow;
  /** Which part of the row: the summary tells the worst line of each. */
  readonly part: string;
  readonly text: string;
  /** How much of what is allowed was taken: at most 1 is reached. */
  readonly taken: number;
  readonly measured: string;
  readonly isReached: boolean;
};

/** Where a line stands among those of its row with less or more data. */
export type Growth = {
  /** The row's name without the amount. */
  readonly row: string;
  /** What the amount counts. */
  readonly data: string;
  readonly amount: number;
  /** It stands in the table of growth alone. */
  readonly isOnlyGrowth?: boolean;
};

/** A limit on the ratio. `isStrict` excludes the limit itself. */
export function ratioGoal(
  row: GoalRow,
  part: string,
  { median }: Figure,
  limit: number,
  isStrict = false,
): Goal {
  return {
    row,
    part,
    text: `${isStrict ? "<" : "≤"} ${limit} of theirs`,
    taken: median / limit,
    measured: `${formatNumber(median)} times the other's time`,
    isReached: isStrict ? median < limit : median <= limit,
  };
}

/** A limit on how many times faster ours is. */
export function fasterGoal(row: GoalRow, part: string, { median }: Figure, times: number): Goal {
  return {
    row,
    part,
    text: `≥ ${formatNumber(times)} times faster`,
    taken: median * times,
    measured: `${formatNumber(1 / median)} times faster`,
    isReached: median * times <= 1,
  };
}

/** A limit on a figure of that unit. */
export function limitGoal(
  row: GoalRow,
  part: string,
  measured: number,
  limit: number,
  unit: Unit,
): Goal {
  const shown = (value: number) => formatFigure(exactly(value), unit);
  return {
    row,
    part,
    text: `≤ ${shown(limit)}`,
    taken: measured / limit,
    measured: shown(measured),
    isReached: measured <= limit,
  };
}

/** What must be reached against one of the others, if anything. */
export type GoalOf = (ratio: Figure, ours: Measured, theirs: Measured) => Goal | undefined;

/** The lines of one row: the first of the measured against each of the others. */
export function timeLines(
  what: string,
  measured: readonly Measured[],
  goal: GoalOf = () => undefined,
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

/** The same lines, with their place in the table of growth. */
export function grown(lines: readonly Line[], growth: Growth): Line[] {
  return lines.map((line) => ({ ...line, growth }));
}

/** A figure that has no spread. */
export function exactly(value: number): Figure {
  return { median: value, low: value, high: value };
}

const significant = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

export function formatNumber(value: number): string {
  return significant.format(value);
}

export function formatCount(value: number): string {
  return whole.format(value);
}

/** A figure of that unit, with its quartiles unless they are equal. */
export function formatFigure({ median, low, high }: Figure, unit: Unit): string {
  const [scale, name] = scaleOf(Math.abs(median), unit);
  const format = (value: number) => (unit === "time" ? formatNumber : formatCount)(value / scale);
  return low === high
    ? `${format(median)} ${name}`
    : `${format(median)} ${name} (${format(low)}–${format(high)})`;
}

function scaleOf(median: number, unit: Unit): [number, string] {
  if (unit !== "time") return [1, unit];
  if (median < 1e3) return [1, "ns"];
  if (median < 1e6) return [1e3, "µs"];
  if (median < 1e9) return [1e6, "ms"];
  return [1e9, "s"];
}

export function formatRatio({ median, low, high }: Figure): string {
  return low === high
    ? formatNumber(median)
    : `${formatNumber(median)} (${formatNumber(low)}–${formatNumber(high)})`;
}
