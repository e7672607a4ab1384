// The machine and the versions that a run was made with.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, cpus, loadavg, totalmem } from "node:os";
import { dirname, join } from "node:path";

const peers = ["@redis/client", "ioredis-6", "unstorage", "keyv", "effect", "miniflare"];

export function loadNow(): string {
  return loadavg()
    .map((one) => one.toFixed(1))
    .join(", ");
}

/** Lines about it all, with the load at the start of the run, which the caller has kept, and now. */
export function machine(loadAtStart: string, startedAt: Date): string[] {
  const minutes = Math.round((Date.now() - startedAt.getTime()) / 60_000);
  const memory = Math.round(totalmem() / 1024 ** 3);
  return [
    `- ${startedAt.toISOString().slice(0, 16).replace("T", " ")} UTC, ${minutes} minutes`,
    `- ${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, ${memory} GB, ${output("uname", "-sr")}; load ${loadAtStart} at the start, ${loadNow()} at the end`,
    `- Node ${process.versions.node}, workerd ${workerdVersion()}, redis-server ${redisVersion()}`,
    `- ${peers.map(versionOf).join(", ")}, Uploadista's packages 1.0.0`,
  ];
}

function output(command: string, argument: string): string {
  return execFileSync(command, [argument], { encoding: "utf8" }).trim();
}

function redisVersion(): string {
  return /v=([\d.]+)/.exec(output("redis-server", "--version"))?.[1] ?? "of an unknown version";
}

function workerdVersion(): string {
  // workerd is not among our own packages: it is found from the one that brings it.
  const require = createRequire(import.meta.url);
  const fromMiniflare = createRequire(require.resolve("miniflare"));
  const { version }: { version: string } = fromMiniflare("workerd/package.json");
  return version;
}

// The name is the package's own, whatever alias it has here.
function versionOf(alias: string): string {
  const file = join(dirname(import.meta.dirname), "node_modules", alias, "package.json");
  const { name, version } = JSON.parse(readFileSync(file, "utf8"));
  return `${name} ${version}`;
}
