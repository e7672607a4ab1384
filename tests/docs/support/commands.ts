// The commands that the documents show, and how each is tested. A command that no row knows fails the tests.
import { pages, textOf } from "./pages.ts";

export type Command = { readonly page: string; readonly text: string };

/**
 * How a command is tested:
 * - `script`: package.json has the script, which other tests run.
 * - `package`: it is kvista or one of its peers, which tests/package installs.
 * - `help`: it needs a Cloudflare account, so only that the command exists.
 * - `redis`: run against a server.
 * - `served`: run against the server of `npm run dev`, in place of a deployed Worker.
 * - `bundle`: run in a project with the package.
 */
export type Way = "script" | "package" | "help" | "redis" | "served" | "bundle";

const rows: readonly (readonly [begins: RegExp, way: Way])[] = [
  [/^npm (test$|run [a-z:]+$)/, "script"],
  [/^npm install [a-z/@0-9]+$/, "package"],
  // Each asks Cloudflare for an account, or changes one.
  [/^npx wrangler (login|kv namespace create|secret put|secret list)\b/, "help"],
  // `npm run check` makes it, over the whole Worker.
  [/^npx wrangler deploy --dry-run$/, "help"],
  [/^redis-cli /, "redis"],
  [/^curl .* https:\/\/kvista\.YOUR-SUBDOMAIN\.workers\.dev\//, "served"],
  [/^esbuild /, "bundle"],
];

/** How the command is tested, or nothing if no row knows it. */
export function wayOf({ text }: Command): Way | undefined {
  return rows.find(([begins]) => begins.test(text))?.[1];
}

/** The commands of the blocks of shell commands, without the remarks behind them. */
export function commandsIn(page: string, block: string): Command[] {
  const lines = block.split("\n").map((line) => line.replace(/(^|\s+)#.*$/, "").trim());
  return lines.filter((line) => line !== "").map((text) => ({ page, text }));
}

/** The scripts that the documents name in their text. */
export function namedScripts(): string[] {
  const spans = pages.flatMap((page) => [...textOf(page).matchAll(/`npm (?:run )?([a-z:]+)/g)]);
  return spans.map(([, name = ""]) => name).filter((name) => !["install", "pack"].includes(name));
}
