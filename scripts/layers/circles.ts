// Circles of imports: files that reach themselves.
import type { Source } from "./imports.ts";

/** Each circle once, as its files in the order in which they import each other. Imports of types alone count too. */
export function circlesIn(sources: readonly Source[]): string[][] {
  const next = new Map(
    sources.map(({ file, imports }) => [file, imports.flatMap((one) => one.file ?? [])]),
  );
  const circles = new Map<string, string[]>();
  const done = new Set<string>();
  const visit = (file: string, path: string[]) => {
    const start = path.indexOf(file);
    if (start !== -1) {
      const circle = path.slice(start);
      circles.set([...circle].sort().join(" "), circle);
      return;
    }
    if (done.has(file)) return;
    for (const target of next.get(file) ?? []) {
      if (next.has(target)) visit(target, [...path, file]);
    }
    done.add(file);
  };
  for (const { file } of sources) visit(file, []);
  return [...circles.values()];
}
