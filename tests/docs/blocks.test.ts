// Every block of the documents is of a kind that some test takes, and every command and script is known.
// What they do is tested in package/ and dev/.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { commandsIn, namedScripts, wayOf } from "./support/commands.ts";
import { allBlocks, type Block, blocksIn, checkout } from "./support/pages.ts";

const blocks = allBlocks();
const marksOfKind: { readonly [kind: string]: readonly string[] } = {
  ts: ["runs", "worker", "with-store", "needs-redis", "setting", "uploadista"],
  toml: ["dry-run"],
  sh: [],
  console: [],
  json: [],
};
const manifest = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8"));
const commands = blocks.flatMap(({ page, kind, text }) =>
  kind === "sh" ? commandsIn(page, text) : [],
);

function flawOf({ page, line, kind, marks }: Block): string | null {
  const allowed = marksOfKind[kind];
  if (allowed === undefined) return `${page}:${line}: no test takes a block of the kind '${kind}'`;
  const wrong = marks.filter((mark) => !allowed.includes(mark));
  return wrong.length === 0 ? null : `${page}:${line}: a block of ${kind} cannot be ${wrong}`;
}

test("every block is of a kind that a test takes", () => {
  expect(blocks.length).toBeGreaterThan(20);
  expect(blocks.map(flawOf).filter(Boolean)).toEqual([]);
});

test("a block of an unknown kind, an unknown mark and a fence that stays open are told", () => {
  const [unknown] = blocksIn("x.md", "```python\nprint()\n```\n");
  expect(unknown && flawOf(unknown)).toMatch(/x\.md:1: no test takes a block of the kind 'python'/);
  expect(() => blocksIn("x.md", "<!-- test: flies -->\n```ts\n```\n")).toThrow("'flies'");
  expect(() => blocksIn("x.md", "```ts\n")).toThrow("x.md:1: the block is not closed");
});

test("every command of a block of shell commands is tested in some way", () => {
  expect(commands.length).toBeGreaterThan(10);
  expect(commands.filter((command) => wayOf(command) === undefined)).toEqual([]);
});

test("the scripts and packages that are named exist", () => {
  const scripts = commands.flatMap(({ text }) => /^npm (?:run )?([a-z:]+)$/.exec(text)?.[1] ?? []);
  const there = Object.keys(manifest.scripts);
  const unknown = [...scripts, ...namedScripts()].filter((name) => !there.includes(name));
  expect(unknown).toEqual([]);
  const installed = commands.flatMap(({ text }) => /^npm install ([^@ ]+)/.exec(text)?.[1] ?? []);
  const known = ["kvista", ...Object.keys(manifest.peerDependencies)];
  expect(installed.filter((name) => !known.includes(name))).toEqual([]);
});

test("every JSON block is JSON", () => {
  const texts = blocks.filter(({ kind }) => kind === "json").map(({ text }) => text);
  expect(texts.length).toBeGreaterThan(0);
  for (const text of texts) expect(typeof JSON.parse(text)).toBe("object");
});
