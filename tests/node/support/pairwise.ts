// All pairs: few of many rows in which each two values that stand together in any row stand together too. Most faults of
// a combination need two of its values, so these rows find what the whole table finds, but for few.

export type Row = { readonly [column: string]: string };

function pairsOf(row: Row): string[] {
  const values = Object.entries(row).map(([column, value]) => `${column}=${value}`);
  return values.flatMap((one, i) => values.slice(i + 1).map((other) => `${one} ${other}`));
}

/** The chosen rows in the order of the table: at each step the row that adds most pairs, and of equals the first. */
export function pairwise<T>(table: readonly T[], rowOf: (entry: T) => Row): T[] {
  const missing = new Set(table.flatMap((entry) => pairsOf(rowOf(entry))));
  const chosen = new Set<T>();
  const gainOf = (entry: T) => pairsOf(rowOf(entry)).filter((pair) => missing.has(pair)).length;
  while (missing.size > 0) {
    const best = table.reduce((best, entry) => (gainOf(entry) > gainOf(best) ? entry : best));
    chosen.add(best);
    for (const pair of pairsOf(rowOf(best))) missing.delete(pair);
  }
  return table.filter((entry) => chosen.has(entry));
}
