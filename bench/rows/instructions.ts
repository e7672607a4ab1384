// How many instructions the core takes for an operation, path by path, by callgrind over the native build:
// nothing that another process does changes them. The paths are those of bench/native/paths.cc.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { formatCount } from "../line.ts";
import type { RunPlan } from "../plan.ts";

const checkout = dirname(dirname(import.meta.dirname));
const program = "build/paths/kvista_paths";
const operations = 1000;
const topFunctions = 4;
// What the shim calls. They do not call each other: one within another would end the count.
const counted = [
  "kvista::Engine::start(*",
  "kvista::Engine::resume(*",
  "kvista::wire::decodeReplies(*",
];

export type PathCount = {
  readonly path: string;
  readonly instructions: number;
  /** The functions that take most of them, by themselves. */
  readonly top: readonly { readonly name: string; readonly part: number }[];
};

export function instructionCounts(plan: RunPlan): PathCount[] {
  requireValgrind();
  plan.say("building the native paths");
  execFileSync("scripts/build", ["paths"], { cwd: checkout, stdio: ["ignore", 2, 2] });
  const scratch = mkdtempSync(join(checkout, "build", "paths", "callgrind-"));
  try {
    return paths().map((path) => {
      plan.say(`instructions: ${path}`);
      return count(path, scratch);
    });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

export function instructionTable(counts: readonly PathCount[]): string[] {
  const percent = (part: number) => `${Math.round(part * 100)} %`;
  return [
    "| path | instructions | most of them in |",
    "| --- | --- | --- |",
    ...counts.map(({ path, instructions, top }) => {
      const functions = top.map(({ name, part }) => `\`${name}\` ${percent(part)}`);
      return `| ${path} | ${formatCount(instructions)} | ${functions.join(", ")} |`;
    }),
  ];
}

function requireValgrind(): void {
  try {
    withToolchain(["valgrind", "--version"]);
  } catch (cause) {
    throw new Error(
      "the instructions are counted with valgrind, which does not run on this machine\n" +
        "Debian and Ubuntu: apt-get install valgrind; Fedora: dnf install valgrind; or set " +
        "KVISTA_TOOLCHAIN=folder on Debian or Ubuntu as root",
      { cause },
    );
  }
}

function withToolchain(command: readonly string[], walked = 0): string {
  return execFileSync("scripts/toolchain", command, {
    cwd: checkout,
    encoding: "utf8",
    env: { ...process.env, KVISTA_BENCH_OPERATIONS: String(walked) },
    maxBuffer: 64 * 1024 ** 2,
  });
}

function paths(): string[] {
  const listed = withToolchain([program, "--list-tests", "--verbosity", "quiet"]);
  return listed.split("\n").filter((name) => name !== "");
}

// A run walks the path not at all, and another so often: the difference is the walking alone.
function count(path: string, scratch: string): PathCount {
  const before = costs(path, scratch, 0);
  const after = costs(path, scratch, operations);
  const own = [...after].map(([name, cost]) => ({
    name,
    cost: (cost - (before.get(name) ?? 0)) / operations,
  }));
  const instructions = own.reduce((total, { cost }) => total + cost, 0);
  const top = own
    .sort((a, b) => b.cost - a.cost)
    .slice(0, topFunctions)
    .map(({ name, cost }) => ({ name, part: cost / instructions }));
  return { path, instructions, top };
}

/** What each function took by itself. */
function costs(path: string, scratch: string, walked: number): Map<string, number> {
  const file = join(scratch, "profile");
  const toggles = counted.map((name) => `--toggle-collect=${name}`);
  withToolchain(
    ["valgrind", "-q", "--tool=callgrind", `--callgrind-out-file=${file}`, ...toggles]
      // A test's name in Catch2 is a pattern, in which a comma separates.
      .concat([program, path.replaceAll(",", "\\,")]),
    walked,
  );
  const annotated = withToolchain(["callgrind_annotate", "--auto=no", "--threshold=100", file]);
  const found = new Map<string, number>();
  for (const [, digits = "", name = ""] of annotated.matchAll(
    /^ *([\d,]+) +\([ \d.]+%\) +[^:\n]*:(.+)$/gm,
  )) {
    const short = shortName(name);
    found.set(short, (found.get(short) ?? 0) + Number(digits.replaceAll(",", "")));
  }
  if (found.size === 0 && walked > 0) throw new Error(`callgrind counted nothing for '${path}'`);
  return found;
}

// Without its parameters, the object file, and the namespace that all have.
function shortName(name: string): string {
  return name
    .replaceAll("kvista::", "")
    .replaceAll("(anonymous namespace)::", "")
    .replace(/(?:\[abi:cxx11\])?(?:\(.*| \[[^\]]*\]$)/, "");
}
