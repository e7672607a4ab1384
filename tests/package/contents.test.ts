// What the packed package holds.
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, inject, test } from "vitest";
import { entries } from "./support/entries.ts";
import { checkout } from "./support/project.ts";

const { stdout } = await promisify(execFile)("tar", ["-tzf", inject("tarball")]);
const files = stdout
  .trim()
  .split("\n")
  .map((file) => file.replace(/^package\//, ""));
const manifest = JSON.parse(await readFile(join(checkout, "package.json"), "utf8"));

test("the package holds the documents, its manifest and what was built, and nothing else", () => {
  const top = new Set(files.map((file) => file.replace(/\/.*/, "/")));
  expect([...top].sort()).toEqual([
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "dist/",
    "package.json",
  ]);
  const built = new Set(files.map((file) => /^dist\/[^/]*/.exec(file)?.[0]));
  expect([...built].filter(Boolean).sort()).toEqual(["dist/bindings", "dist/worker"]);
});

test("what was built is JavaScript, declarations and WebAssembly", () => {
  const built = files.filter((file) => file.startsWith("dist/"));
  expect(built.filter((file) => !/\.(?:js|d\.ts|wasm)$/.test(file))).toEqual([]);
  expect(built.filter((file) => /\.map$|\.test\./.test(file))).toEqual([]);
  expect(built.some((file) => file.endsWith(".wasm"))).toBe(true);
});

test("each entry has its JavaScript and its declarations", () => {
  const targets = Object.values(manifest.exports)
    .flatMap((one) => (typeof one === "string" ? one : Object.values(one as object)))
    .map((target: string) => target.replace(/^\.\//, ""));
  expect(targets.length).toBeGreaterThan(0);
  const wanted = targets.flatMap((target) =>
    target.endsWith(".js") ? [target, target.replace(/\.js$/, ".d.ts")] : target,
  );
  expect(wanted.filter((target) => !files.includes(target))).toEqual([]);
});

test("these tests know every entry", () => {
  const exported = Object.keys(manifest.exports)
    .filter((name) => name !== "./package.json")
    .map((name) => name.replace(/^\./, "kvista"));
  expect(exported.sort()).toEqual(Object.keys(entries).sort());
});

test("every peer is optional, and nothing that is installed runs a script", () => {
  const optional = Object.entries<{ readonly optional?: boolean }>(manifest.peerDependenciesMeta)
    .filter(([, { optional }]) => optional)
    .map(([name]) => name);
  expect(optional.sort()).toEqual(Object.keys(manifest.peerDependencies).sort());
  expect(Object.keys(manifest.scripts)).not.toEqual(
    expect.arrayContaining([expect.stringMatching(/^(?:pre|post)?install$|^prepare$/)]),
  );
});
