// The documents by themselves: their links lead somewhere, each page is found, what they name exists, and two are short.
import { existsSync, globSync } from "node:fs";
import { basename, join, normalize } from "node:path/posix";
import { describe, expect, test } from "vitest";
import { order } from "../../scripts/layers/order.ts";
import { anchorsOf, checkout, linkedPages, linksOf, pages, textOf } from "./support/pages.ts";

const maxWords = [
  ["README.md", 1500],
  ["ARCHITECTURE.md", 1200],
] as const;

/** What is wrong with a link of that page, or nothing. */
function flawOf(page: string, link: string): string | null {
  if (/^https?:/.test(link)) return null;
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? page : normalize(join(page, "..", path));
  if (!existsSync(join(checkout, target))) return `${link}: there is no ${target}`;
  if (anchor === undefined || anchorsOf(target).includes(anchor)) return null;
  return `${link}: ${target} has no such heading`;
}

describe.each(linkedPages)("%s", (page) => {
  test("every link leads to a file and a heading that exist", () => {
    expect(
      linksOf(page)
        .map((link) => flawOf(page, link))
        .filter(Boolean),
    ).toEqual([]);
  });

  test("no two headings have the same anchor", () => {
    const anchors = anchorsOf(page);
    expect(anchors.filter((anchor, i) => anchors.indexOf(anchor) !== i)).toEqual([]);
  });
});

test("the index leads to every page", () => {
  const linked = linksOf("docs/README.md").map((link) => normalize(join("docs", link)));
  const others = pages.filter((page) => !["README.md", "docs/README.md"].includes(page));
  expect(others.filter((page) => !linked.includes(page))).toEqual([]);
});

test("the checklist names only pages that exist, for each of twenty questions", () => {
  const rows = textOf("tests/docs/questions.md").match(/^\| \d+ \| .*$/gm) ?? [];
  expect(rows).toHaveLength(20);
  expect(rows.filter((row) => !/\]\(\.\.\/\.\.\/[^)]+\) \|$/.test(row))).toEqual([]);
});

test.each(maxWords)("%s has at most %d words", (page, most) => {
  expect(textOf(page).split(/\s+/).filter(Boolean).length).toBeLessThanOrEqual(most);
});

test("every file and folder that the documents name exists", () => {
  const named = linkedPages.flatMap((page) => {
    const found = textOf(page).matchAll(
      /`((?:wasm|bindings|worker|tests|scripts|cmake|bench|docs|examples)\/[^` ]*)`/g,
    );
    return [...found].map(([, path = ""]) => ({ page, path }));
  });
  expect(named.length).toBeGreaterThan(40);
  // A capital word stands for any name; what tests and builds make is not in the checkout.
  const real = named.filter(({ path }) => !/\b[A-Z]{3,}\b|\*/.test(path));
  expect(real.filter(({ path }) => !existsSync(join(checkout, path)))).toEqual([]);
});

test("the picture of the rooms shows each room", () => {
  const shown = textOf("docs/architecture.svg");
  const rooms = [...order.wasm, ...order.bindings].filter((room) => !/[./*]/.test(room));
  const stores = globSync("{wasm,bindings}/stores/*/", { cwd: checkout }).map((path) =>
    basename(path),
  );
  expect(stores.length).toBeGreaterThanOrEqual(10);
  expect([...rooms, ...stores].filter((room) => !shown.includes(`>${room}<`))).toEqual([]);
});
