// The sessions that documents show, such as README.md: commands behind `$ `, each followed by what it prints.
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { patienceMs } from "../patience.ts";
import { checkout } from "./dev-server.ts";

export type Shown = { readonly command: string; readonly output: string };

/** The commands of the session with the outputs that README.md shows. */
export function readmeSession(): Shown[] {
  const readme = readFileSync(`${checkout}/README.md`, "utf8");
  const [, block] =
    /<!-- session -->\s*```\w*\n([\s\S]*?)```\s*<!-- \/session -->/.exec(readme) ?? [];
  if (block === undefined) throw new Error("README.md has no session between its markers");
  return shownIn(block);
}

/** The commands of a session with the outputs that it shows. */
export function shownIn(block: string): Shown[] {
  const shown: { command: string; output: string }[] = [];
  for (const line of block.split("\n")) {
    const last = shown.at(-1);
    if (line.startsWith("$ ")) shown.push({ command: line.slice(2), output: "" });
    else if (last !== undefined && line !== "") last.output += `${line}\n`;
  }
  return shown;
}

/** The same commands with what they print against the server at that port, in one shell. */
export async function performSession(commands: readonly string[], port: number): Promise<Shown[]> {
  const mark = "== what follows belongs to the next command ==";
  const script = commands
    .map(
      (command) =>
        `printf '%s\\n' '${mark}'\n${command.replaceAll("localhost:8787", `localhost:${port}`)}`,
    )
    .join("\n");
  // curl reads no configuration of the user's, and asks no proxy for this machine.
  const env = { ...process.env, CURL_HOME: "/nonexistent", NO_PROXY: "*", no_proxy: "*" };
  const shell = promisify(execFile)("bash", ["-c", script], { env, timeout: patienceMs });
  const outputs = (await shell).stdout.split(`${mark}\n`).slice(1);
  return commands.map((command, i) => ({ command, output: outputs[i] ?? "" }));
}
