// The tiers of the tests: together they are all of them, and none is in two; and the choice of all pairs.
import { globSync } from "node:fs";
import { matchesGlob } from "node:path";
import { expect, test } from "vitest";
import { filesOf, partOf, projects, type Tier } from "../../tiers.ts";
import { pairwise } from "../support/pairwise.ts";
import { quickClients } from "../support/redis-clients.ts";

const tiered = [projects.node, projects.workerd];

function chosen(tier: Tier, project: readonly string[]): string[] {
  const { include, exclude } = filesOf(tier, project);
  const files = globSync([...include], { exclude: [...exclude] });
  return [...new Set(files)].sort();
}

test.for(tiered)("of %s every file is in a tier, and only one that asks is in both", (project) => {
  const [quick, rest] = [chosen("quick", project), chosen("rest", project)];
  expect([...new Set([...quick, ...rest])].sort()).toEqual(chosen("all", project));
  const both = quick.filter((file) => rest.includes(file));
  expect(both.length).toBeGreaterThan(0);
  expect(both.filter((file) => !/conformance|records\.test/.test(file))).toEqual([]);
  expect(rest.length).toBeGreaterThan(both.length);
});

test("every test file is in one project", () => {
  const files = Object.values(projects).flatMap((project) => globSync(project));
  expect(files.sort()).toEqual(globSync("tests/**/*.test.ts").sort());
});

test("every pattern of the rest is of files that exist", () => {
  const patterns = tiered.flatMap((project) => [...filesOf("rest", project).include]);
  expect(patterns.filter((pattern) => globSync(pattern).length === 0)).toEqual([]);
  expect(
    patterns.some((pattern) => matchesGlob("tests/node/boundary/golden.test.ts", pattern)),
  ).toBe(false);
});

test("the parts of a file are all of it", () => {
  const all = { a: 1, b: 2, c: 3 };
  expect(partOf("quick", all, ["b"])).toEqual({ b: 2 });
  expect(partOf("rest", all, ["b"])).toEqual({ a: 1, c: 3 });
  expect(partOf("all", all, ["b"])).toEqual(all);
  expect(() => partOf("quick", all, ["b", "other"])).toThrow("other");
});

test("chosen rows hold each pair of values that any row holds, and fewer rows do not", () => {
  const table = ["ax", "ay", "bx", "by"].flatMap((pair) => [`${pair}1`, `${pair}2`]);
  const rowOf = ([one = "", two = "", three = ""]: string) => ({ one, two, three });
  const rows = pairwise(table, rowOf);
  for (const [i, j] of [
    [0, 1],
    [0, 2],
    [1, 2],
  ] as const) {
    const pairs = (of: readonly string[]) => new Set(of.map((row) => `${row[i]}${row[j]}`));
    expect(pairs(rows)).toEqual(pairs(table));
  }
  expect(rows).toHaveLength(4);
  expect(pairwise([], rowOf)).toEqual([]);
});

test("of the clients of Redis the quick tier takes one of each kind of server and option, and not all", () => {
  for (const kind of ["cluster", "sentinels", "pool", "TLS", "keyPrefix", "every option", "four"]) {
    expect(
      quickClients.filter((name) => name.includes(kind === "four" ? "an object" : kind)),
    ).not.toEqual([]);
  }
  expect(quickClients.length).toBeLessThan(16);
});
