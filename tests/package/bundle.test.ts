// Each entry, bundled by esbuild and by wrangler in a project that has the entry's own peers and no
// other package.
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ServerProcess } from "../dev/server-process.ts";
import { onFreePort } from "../node/support/redis-server.ts";
import { entries } from "./support/entries.ts";
import { asInCheckout, Project } from "./support/project.ts";

const names = Object.keys(entries);
const settings = ["--name", "project", "--compatibility-date", "2026-11-17"];
const projects = new Map<string, Project>();

beforeAll(async () => {
  for (const { peers } of Object.values(entries)) {
    const which = peers.join(" ");
    if (projects.has(which)) continue;
    const project = await Project.make();
    projects.set(which, project);
    await project.install(...peers.map(asInCheckout));
  }
});
afterAll(async () => {
  for (const project of projects.values()) await project[Symbol.asyncDispose]();
});

function projectOf(name: string): Project {
  const project = projects.get(entries[name]?.peers.join(" ") ?? "");
  if (project === undefined) throw new Error(`there is no project for ${name}`);
  return project;
}

function thatRunIn(place: "node" | "worker"): string[] {
  return names.filter((name) => entries[name]?.runsIn.includes(place));
}

const fileOf = (name: string) => name.replaceAll("/", "-");

describe.each(thatRunIn("node"))("%s in Node", (name) => {
  test("a bundle by esbuild is whole: it runs where no package is", async () => {
    const project = projectOf(name);
    await using elsewhere = await Project.make();
    const source = `import * as entry from "${name}"; console.log(JSON.stringify(Object.keys(entry)));`;
    const file = await project.write(`${fileOf(name)}.ts`, source);
    const { warnings } = await build({
      entryPoints: [file],
      outfile: join(elsewhere.folder, "bundle.js"),
      bundle: true,
      platform: "node",
      format: "esm",
      logLevel: "silent",
    });
    expect(warnings).toEqual([]);
    const gives = JSON.parse(await elsewhere.run("node", "bundle.js"));
    expect(gives).toEqual(expect.arrayContaining(["KvError", ...(entries[name]?.gives ?? [])]));
  });
});

describe.each(thatRunIn("worker"))("%s in a Worker", (name) => {
  const source =
    `import * as entry from "${name}";\n` +
    `export default { fetch: () => Response.json(Object.keys(entry)) };\n`;

  test("is bundled by esbuild, with the core of a Worker", async () => {
    const file = await projectOf(name).write(`worker-${fileOf(name)}.ts`, source);
    const { text } = await bundledForWorker(file);
    expect(text).not.toMatch(/from "node:|require\("node:fs"\)/);
    expect(/from "\.\/core-[^"]*\.wasm"/.test(text)).toBe(!entries[name]?.hasNoCore);
  });

  test("is bundled by wrangler, with the module beside the script", async () => {
    const project = projectOf(name);
    await project.write(`worker-${fileOf(name)}.ts`, source);
    const outdir = `out-${fileOf(name)}`;
    await dryRun(project, `worker-${fileOf(name)}.ts`, outdir);
    const files = await readdir(join(project.folder, outdir));
    expect(files.some((file) => file.endsWith(".wasm"))).toBe(!entries[name]?.hasNoCore);
    const text = await project.read(`${outdir}/worker-${fileOf(name)}.js`);
    for (const given of entries[name]?.gives ?? []) expect(text).toContain(given);
  });
});

test("a Worker that exports the classes alone has no front and no client of Redis in it", async () => {
  const project = projectOf("kvista/worker");
  const file = await project.write(
    "classes.ts",
    `export { KvCatalog, KvObject } from "kvista/worker"; export default {};`,
  );
  const { text, sources } = await bundledForWorker(file);
  expect(sources.filter((source) => source.endsWith("/kv-object.js"))).toHaveLength(1);
  expect(sources.filter((source) => source.includes("node_modules/hono/"))).toEqual([]);
  expect(text).not.toMatch(/KVISTA_TOKENS|ioredis|REDIS_URL/);
});

test("a Worker may have kvista's for its own, all of it", async () => {
  const project = projectOf("kvista/worker");
  const source = `export * from "kvista/worker"; export { default } from "kvista/worker";`;
  await project.write("whole.ts", source);
  await using server = await onFreePort((port) =>
    ServerProcess.start({
      command: ["wrangler", "dev", "whole.ts", "--port", String(port), ...settings],
      cwd: project.folder,
      env: { WRANGLER_SEND_METRICS: "false" },
      port,
      healthPath: "/healthz",
    }),
  );
  const health = await server.fetch("/healthz");
  expect(await health.json()).toMatchObject({ status: "ok", stores: [] });
});

type Bundled = {
  readonly text: string;
  /** The files of which something is in it. */
  readonly sources: readonly string[];
};

async function bundledForWorker(file: string): Promise<Bundled> {
  const { outputFiles, warnings, metafile } = await build({
    entryPoints: [file],
    outdir: `${file}.out`,
    write: false,
    metafile: true,
    bundle: true,
    format: "esm",
    // A Worker has the modules of Node that clients of Redis want.
    platform: "node",
    conditions: ["workerd", "worker"],
    external: ["cloudflare:*"],
    loader: { ".wasm": "copy" },
    logLevel: "silent",
  });
  expect(warnings).toEqual([]);
  const text = outputFiles.find((output) => output.path.endsWith(".js"))?.text ?? "";
  const sources = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.keys(inputs).filter((input) => (inputs[input]?.bytesInOutput ?? 0) > 0),
  );
  return { text, sources };
}

// It refuses a bundle that lacks something, and says so.
async function dryRun(project: Project, file: string, outdir: string): Promise<void> {
  await project.run("wrangler", "deploy", file, "--dry-run", "--outdir", outdir, ...settings);
}
