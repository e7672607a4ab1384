// The documents as the tests read them: pages, their fenced blocks, headings and links. What a block has to
// pass is said by its kind and by a comment in front of it:
//
//   mark  = "<!-- test:" 1*(" " word) " -->"      on the line before the fence
//   word  = "runs"          a program for Node that is run; without it, it is type-checked alone
//         / "worker"        a module of a Worker: it has a Worker's types, and is not run
//         / "with-store"    in it `store` is an open store
//         / "needs-redis"   it is run with a server, whose address is REDIS_URL
//         / "setting"       it is run with KVISTA_STORE
//         / "uploadista"    in it `redis` is a client, and Uploadista's core is a stand-in
//         / "dry-run"       a wrangler.toml that wrangler takes as it is
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const checkout = join(import.meta.dirname, "../../..");

const words = [
  "runs",
  "worker",
  "with-store",
  "needs-redis",
  "setting",
  "uploadista",
  "dry-run",
] as const;
export type Word = (typeof words)[number];

export type Block = {
  /** The page's path in the checkout. */
  readonly page: string;
  /** The line of its fence, from 1. */
  readonly line: number;
  readonly kind: string;
  readonly marks: readonly Word[];
  readonly text: string;
};

/** README and the pages of docs/: their blocks are tested. */
export const pages: readonly string[] = ["README.md", ...markdownIn("docs")];

/** Those, and the other documents that people read: their links are tested. */
export const linkedPages: readonly string[] = [
  ...pages,
  "ARCHITECTURE.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  "bench/README.md",
  "tests/conformance/README.md",
  "tests/docs/questions.md",
  ...markdownIn("examples"),
];

function markdownIn(folder: string): string[] {
  return globSync(`${folder}/**/*.md`, { cwd: checkout, exclude: ["**/node_modules/**"] }).sort();
}

export function textOf(page: string): string {
  return readFileSync(join(checkout, page), "utf8");
}

/** Every block of README and docs/. */
export function allBlocks(): Block[] {
  return pages.flatMap((page) => blocksIn(page, textOf(page)));
}

/** The fenced blocks of a page. A fence that is not closed, or a mark that is none, throws. */
export function blocksIn(page: string, text: string): Block[] {
  const lines = text.split("\n");
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const [, kind] = /^```(.*)$/.exec(lines[at] ?? "") ?? [];
    if (kind === undefined) continue;
    const end = lines.indexOf("```", at + 1);
    if (end < 0) throw new Error(`${page}:${at + 1}: the block is not closed`);
    const body = lines.slice(at + 1, end);
    const marks = marksOf(lines[at - 1] ?? "", `${page}:${at}`);
    blocks.push({ page, line: at + 1, kind, marks, text: `${body.join("\n")}\n` });
    at = end;
  }
  return blocks;
}

function marksOf(line: string, place: string): Word[] {
  const [, given] = /^<!-- test: (.*) -->$/.exec(line) ?? [];
  return (given?.split(" ") ?? []).map((word) => {
    const known = words.find((one) => one === word);
    if (known === undefined) throw new Error(`${place}: '${word}' marks nothing`);
    return known;
  });
}

/** A page without what is in fences and in code spans. */
export function proseOf(page: string): string {
  return textOf(page)
    .replace(/^```[\s\S]*?^```$/gm, "")
    .replace(/`[^`\n]*`/g, "");
}

/** The anchors of a page's headings, as GitHub makes them. */
export function anchorsOf(page: string): string[] {
  const headings = textOf(page)
    .replace(/^```[\s\S]*?^```$/gm, "")
    .matchAll(/^#+ (.*)$/gm);
  return [...headings].map(([, heading = ""]) =>
    heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\-_ ]/gu, "")
      .replaceAll(" ", "-"),
  );
}

/** Where a page's links and pictures lead. */
export function linksOf(page: string): string[] {
  return [...proseOf(page).matchAll(/\]\(([^()\s]+)\)/g)].map(([, target = ""]) => target);
}
