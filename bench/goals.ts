// What kvista must reach, row by row, and the summary of a run against it, which docs/speed.md shows.
import { readFileSync, writeFileSync } from "node:fs";
import type { Line } from "./line.ts";

type Row = { readonly what: string; readonly against: string; readonly least: string };

const rows = {
  memory: {
    what: "memory `get`, `set`, 300-byte values, promise API",
    against: "Uploadista, unstorage, keyv; a plain `Map`",
    least: "faster than each; 1 µs at most above `await` of the `Map`",
  },
  memoryList: {
    what: "memory prefix list, 10 hits of 1,000,000 keys",
    against: "a scan of a `Map`",
    least: "1,000 times faster",
  },
  redis: {
    what: "Redis `get`, `set`, 1 and 100 in flight",
    against: "the bare client",
    least: "at most 1.1 of its time",
  },
  redisList: {
    what: "Redis list of 20,000 of 200,000 keys",
    against: "Uploadista, unstorage",
    least: "5 times faster",
  },
  kvList: {
    what: "Workers KV list of 10,000 keys",
    against: "the number of calls",
    least: "10 calls",
  },
  durableObject: {
    what: "Durable Object `get`, `set`, and `{ storage }`",
    against: "a bare class with `storage.get`, `storage.put`",
    least: "at most 1.15 of its time; the first set of a key 2.3",
  },
  filesystem: {
    what: "filesystem `get`, `set`",
    against: "Uploadista, unstorage, neither atomic nor locked",
    least: "at most 1.3 and 2 of theirs, without blocking the event loop",
  },
  core: {
    what: "core size as gzip, and its start in workerd",
    against: "",
    least: "at most 80 kB; at most 5 ms",
  },
} as const satisfies { readonly [name: string]: Row };

export type GoalRow = keyof typeof rows;

/** A line for each row: of each of its parts the worst that was measured. */
export function summary(lines: readonly Line[]): string[] {
  const body = Object.entries(rows).map(([name, { what, against, least }]) => {
    const goals = lines.flatMap(({ goal }) => (goal?.row === name ? [goal] : []));
    if (goals.length === 0) throw new Error(`nothing was measured for the goal '${what}'`);
    const worst = new Map<string, (typeof goals)[number]>();
    for (const goal of goals) {
      if (goal.taken > (worst.get(goal.part)?.taken ?? Number.NEGATIVE_INFINITY)) {
        worst.set(goal.part, goal);
      }
    }
    const measured = [...worst.values()].map(({ part, measured }) => `${part} ${measured}`);
    const missed = [...worst.values()].filter(({ isReached }) => !isReached);
    const verdict =
      missed.length === 0 ? "yes" : `**no**: ${missed.map(({ part }) => part).join(", ")}`;
    return `| ${[what, against, least, measured.join("; "), verdict].join(" | ")} |`;
  });
  return [
    "| what | beside | at least | measured, the worst of each | reached |",
    "| --- | --- | --- | --- | --- |",
    ...body,
    "",
    "All figures: [bench/results/latest.md](../bench/results/latest.md)",
    "",
    "![Ours by theirs](../bench/results/latest.svg)",
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
