// The documents by themselves: their links lead somewhere, each page is found, and README is short.
import { existsSync } from "node:fs";
import { join, normalize } from "node:path/posix";
import { describe, expect, test } from "vitest";
import { anchorsOf, checkout, linkedPages, linksOf, pages, textOf } from "./support/pages.ts";

const mostWords = 1500;

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

test(`README.md has at most ${mostWords} words`, () => {
  expect(textOf("README.md").split(/\s+/).filter(Boolean).length).toBeLessThanOrEqual(mostWords);
});
