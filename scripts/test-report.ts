// What scripts/test prints of vitest's JSON reports.
//   counts REPORT       how many tests ran and how many were skipped, as two numbers; the skipped ones on standard error
//   slowest REPORT…     the ten files that took longest
import { existsSync, readFileSync } from "node:fs";
import { relative } from "node:path";

type TestFile = {
  readonly name: string;
  readonly startTime: number;
  readonly endTime: number;
  readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
};

const mostFiles = 10;
const [command, ...reports] = process.argv.slice(2);
const files = reports
  .filter((report) => existsSync(report))
  .flatMap(
    (report): TestFile[] => JSON.parse(readFileSync(report, "utf8")).testResults as TestFile[],
  );

if (command === "counts") {
  const tests = files.flatMap(({ assertionResults }) => assertionResults);
  const ran = tests.filter(({ status }) => status === "passed" || status === "failed");
  console.log(ran.length, tests.length - ran.length);
  for (const test of tests) if (!ran.includes(test)) console.error(`skipped: ${test.fullName}`);
} else {
  const slowest = files
    .map(({ name, startTime, endTime }) => ({ name, seconds: (endTime - startTime) / 1000 }))
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, mostFiles);
  if (slowest.length > 0) console.log("\n== the slowest files");
  for (const { name, seconds } of slowest) {
    console.log(`${seconds.toFixed(1).padStart(7)} s  ${relative(process.cwd(), name)}`);
  }
}
