// The imports of a source file, of both languages, as text: it is no compiler, so it knows `#include`, `import` and
// `from` with a name in quotes.
import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

/** One import: what the line names, and the file of this repository that it is, if it is one. */
export type Import = {
  readonly line: number;
  readonly written: string;
  readonly isSystem: boolean;
  readonly file: string | null;
};

export type Source = {
  readonly file: string;
  readonly text: string;
  readonly imports: readonly Import[];
};

/** The sources that a pattern names, read. */
export function sourcesOf(pattern: string): Source[] {
  return globSync(pattern, { exclude: (name) => name === "node_modules" })
    .sort()
    .map((file) => {
      const text = readFileSync(file, "utf8");
      return {
        file,
        text,
        imports: file.endsWith(".ts") ? modulesIn(file, text) : includesIn(text),
      };
    });
}

function includesIn(text: string): Import[] {
  return text.split("\n").flatMap((line, index) => {
    const [, bracket, written = ""] = /^\s*#\s*include\s*([<"])([^>"]+)[>"]/.exec(line) ?? [];
    if (bracket === undefined) return [];
    const isSystem = bracket === "<";
    return [{ line: index + 1, written, isSystem, file: isSystem ? null : written }];
  });
}

function modulesIn(file: string, text: string): Import[] {
  const found = text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*"([^"]+)"/g);
  return [...found].map(({ 1: written = "", index }) => {
    const isSystem = !written.startsWith(".");
    return {
      line: text.slice(0, index).split("\n").length,
      written,
      isSystem,
      file: isSystem ? null : normalize(join(dirname(file), written)),
    };
  });
}
