// The bar chart of a run: a bar for each comparison, from 1 (as long as theirs) to the ratio, on a
// logarithmic axis. Towards the left ours takes less.
import { formatRatio, type Line } from "./line.ts";

const rowHeight = 20;
const top = 46;
const labelWidth = 680;
const plotWidth = 420;
const width = labelWidth + plotWidth + 150;
const colors = { reached: "#2e7d4f", missed: "#c0392b", shown: "#7f8c9b" };

const escapes: { readonly [character: string]: string } = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
};
const escaped = (text: string) => text.replace(/[&<>]/g, (one) => escapes[one] as string);

export function svg(lines: readonly Line[]): string {
  const bars = lines.filter(
    ({ ratio, growth }) => ratio !== undefined && ratio.median > 0 && growth?.isOnlyGrowth !== true,
  );
  const logs = bars.map(({ ratio }) => Math.log10(ratio?.median ?? 1));
  const least = Math.floor(Math.min(-1, ...logs));
  const most = Math.ceil(Math.max(1, ...logs));
  const x = (log: number) => labelWidth + ((log - least) / (most - least)) * plotWidth;
  const height = top + bars.length * rowHeight + 20;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">`,
    "<title>kvista by the others</title>",
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `<text x="10" y="20" font-size="14" fill="#222">kvista by the others: time, calls or bytes, of theirs (left of 1: kvista takes less)</text>`,
  ];
  for (let log = least; log <= most; log++) {
    const stroke = log === 0 ? "#222" : "#ddd";
    const at = x(log).toFixed(1);
    parts.push(
      `<line x1="${at}" y1="${top - 6}" x2="${at}" y2="${height - 14}" stroke="${stroke}"/>`,
      `<text x="${at}" y="${top - 10}" text-anchor="middle" fill="#555">${10 ** log}</text>`,
    );
  }
  parts.push(...bars.flatMap((line, i) => bar(line, top + i * rowHeight, x)));
  parts.push("</svg>");
  return `${parts.join("\n")}\n`;
}

function bar(line: Line, y: number, x: (log: number) => number): string[] {
  const ratio = line.ratio ?? line.ours;
  const from = x(Math.min(0, Math.log10(ratio.median)));
  const to = x(Math.max(0, Math.log10(ratio.median)));
  const color =
    line.goal === undefined ? colors.shown : line.goal.isReached ? colors.reached : colors.missed;
  const label = `${line.what} / ${line.against}`;
  return [
    `<text x="${labelWidth - 8}" y="${y + 13}" text-anchor="end" fill="#222">${escaped(label)}</text>`,
    `<rect x="${from.toFixed(1)}" y="${y + 3}" width="${Math.max(1, to - from).toFixed(1)}" height="${rowHeight - 7}" fill="${color}"/>`,
    `<text x="${labelWidth + plotWidth + 8}" y="${y + 13}" fill="#222">${formatRatio(ratio)}</text>`,
  ];
}
