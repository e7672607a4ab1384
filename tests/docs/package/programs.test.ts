// The programs of the documents, in a project that has the packed package and its peers: each is
// type-checked as strictly as anybody might, those for Node are run, and those of a Worker are bundled.
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RedisServer } from "../../node/support/redis-server.ts";
import { asInCheckout, Project } from "../../package/support/project.ts";
import { checkTypes, resolutions } from "../../package/support/types.ts";
import { commandsIn, wayOf } from "../support/commands.ts";
import { allBlocks, type Block, blocksIn, textOf } from "../support/pages.ts";

const blocks = allBlocks();
const programs = blocks.filter(({ kind }) => kind === "ts");
const forWorker = programs.filter(({ marks }) => marks.includes("worker"));
const forNode = programs.filter(({ marks }) => !marks.includes("worker"));
const run = forNode.filter(({ marks }) => marks.includes("runs"));

const store = `import { memoryKvStore } from "kvista";\nconst store = memoryKvStore();\n`;
const redis = `import { createClient } from "@redis/client";\nconst redis = createClient();\n`;

/** The program whole, with what its marks say that it has. */
function sourceOf({ marks, text }: Block): string {
  const before = `${marks.includes("with-store") ? store : ""}${marks.includes("uploadista") ? redis : ""}`;
  return `${before}${text}export {};\n`;
}

/** Where a block lies in the project, without its ending. */
function nameOf({ page, line }: Block): string {
  return `blocks/${page.replace(/\.md$/, "")}-${line}`;
}

/** What of Uploadista's core the programs import, which is on no registry: an error class, as core has it. */
const uploadistaCore: { readonly [file: string]: string } = {
  "package.json": `{ "type": "module", "exports": { "./errors": "./errors.js" } }`,
  "errors.js": `export { UploadistaError } from "kvista/uploadista";\n`,
  "errors.d.ts": `export { UploadistaError } from "kvista/uploadista";\n`,
};

let project: Project;
let server: RedisServer;

beforeAll(async () => {
  [project, server] = await Promise.all([Project.make(), RedisServer.start()]);
  const names = ["ioredis", "@redis/client", "effect", "@types/node", "@cloudflare/workers-types"];
  await project.install(...names.map(asInCheckout));
  for (const [file, text] of Object.entries(uploadistaCore)) {
    await project.write(`node_modules/@uploadista/core/${file}`, text);
  }
  for (const block of programs) await project.write(`${nameOf(block)}.ts`, sourceOf(block));
  const importing = (some: readonly Block[]) =>
    some.map((block) => `import "./${nameOf(block)}.js";\n`).join("");
  await project.write("node.ts", importing(forNode));
  await project.write("worker.ts", importing(forWorker));
});
afterAll(async () => {
  await project?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

test.each(resolutions)("programs for Node type-check with %s", async (resolution) => {
  const common = { file: "node.ts", resolution, lib: ["esnext"], types: ["node"] };
  await checkTypes(project, { ...common, outDir: `out-${resolution}` });
});

test.each(resolutions)("modules of Workers type-check with %s", async (resolution) => {
  const common = { file: "worker.ts", resolution, lib: ["esnext"] };
  await checkTypes(project, { ...common, types: ["@cloudflare/workers-types"] });
});

describe("run in Node", () => {
  test.each(run.map((block) => [nameOf(block), block] as const))("%s", async (name, block) => {
    await server.ask("FLUSHALL");
    const env = { REDIS_URL: server.url, KVISTA_STORE: "file:./data-setting" };
    const printed = await project.runWith(env, "node", `out-nodenext/${name}.js`);
    if (block.page === "README.md") {
      expect(printed).toBe(`[ 'upload:1' ] {"offset":1024,"status":"running"}\n`);
    }
    // A client of its own shows that the server was used.
    if (block.marks.includes("needs-redis") && block.text.includes("store.set(")) {
      expect(await server.ask("GET", "uploads/1")).toBe('{"offset":0}');
    }
  });
});

describe("a Worker of your own, as docs/deploying.md shows it", () => {
  const page = "docs/deploying.md";
  const own = blocksIn(page, textOf(page));
  const module = own.find(({ kind }) => kind === "ts")?.text ?? "";
  const config = own.find(({ kind }) => kind === "toml")?.text ?? "";

  beforeAll(async () => {
    await project.write("src/index.ts", module);
    await project.write("wrangler.toml", config);
  });

  test("is taken by wrangler with the configuration shown", async () => {
    const printed = await project.run("wrangler", "deploy", "--dry-run", "--outdir", "out-own");
    for (const binding of ["KVISTA_OBJECTS", "KVISTA_CATALOG"]) expect(printed).toContain(binding);
  });

  test("is taken with each part of a configuration that other pages show", async () => {
    const parts = blocks.filter(({ kind, marks }) => kind === "toml" && !marks.includes("dry-run"));
    expect(parts.length).toBeGreaterThan(0);
    // A class that a page binds is exported as that page says.
    const gateway = `export { RedisGateway } from "kvista/worker/redis";\n`;
    for (const { text } of parts) {
      const exported = text.includes("RedisGateway") ? gateway : "";
      await project.write("src/index.ts", module + exported);
      await project.write("wrangler.toml", `${config}\n${text}`);
      const printed = await project.run("wrangler", "deploy", "--dry-run", "--outdir", "out-part");
      const names = [...text.matchAll(/^(?:name|binding) = "([A-Z_]+)"$/gm)].map(
        ([, name]) => name,
      );
      expect(names.length).toBeGreaterThan(0);
      for (const name of names) expect(printed).toContain(`${name} (`);
    }
    await project.write("src/index.ts", module);
  });

  test("is bundled by the command shown", async () => {
    const command = own
      .flatMap(({ kind, text }) => (kind === "sh" ? commandsIn(page, text) : []))
      .find((one) => wayOf(one) === "bundle");
    await project.run("bash", "-c", command?.text ?? "false");
    expect(await project.read("dist/index.js")).toContain("KvObject");
  });

  test.each(forWorker.map((block) => [nameOf(block), block] as const))(
    "%s is bundled",
    async (name) => {
      const settings = ["--name", "block", "--compatibility-date", "2026-11-17"];
      const flags = ["--compatibility-flags", "nodejs_compat"];
      await project.write("empty/wrangler.toml", "");
      const config = ["--config", "empty/wrangler.toml"];
      const file = join(project.folder, `${name}.ts`);
      const outdir = join(project.folder, "out-blocks", dirname(name));
      await project.run(
        ...(["wrangler", "deploy", file, "--dry-run", "--outdir", outdir] as const),
        ...settings,
        ...flags,
        ...config,
      );
    },
  );
});

describe("commands", () => {
  const commands = blocks.flatMap(({ page, kind, text }) =>
    kind === "sh" ? commandsIn(page, text) : [],
  );
  const textsOf = (way: string) =>
    [...new Set(commands.filter((one) => wayOf(one) === way).map(({ text }) => text))].sort();

  test.each(textsOf("help"))("%s: the command exists", async (text) => {
    const [, given = ""] = /^npx wrangler ([a-z: ]+?)(?: [A-Z-].*)?$/.exec(text) ?? [];
    const names = given.split(" ");
    const printed = await project.run("wrangler", ...names, "--help");
    expect(printed).toContain(`wrangler ${names.join(" ")}`);
    if (text.includes("--dry-run")) expect(printed).toContain("--dry-run");
  });

  const expected: { readonly [text: string]: RegExp } = {
    "redis-cli -h HOST -p PORT ping": /^PONG$/m,
    "redis-cli config get appendonly": /^appendonly$/m,
    "redis-cli config get save": /^save$/m,
    "redis-cli info keyspace": /^db0:keys=1,expires=1/m,
  };
  test.each(textsOf("redis"))("%s", async (text) => {
    await server.ask("FLUSHALL");
    await server.ask("SET", "upload:1", "{}", "EX", "60");
    const { hostname, port } = new URL(server.url);
    const plain = text.replace(" -h HOST -p PORT", "").replace("redis-cli", "");
    const printed = await project.run("bash", "-c", `redis-cli -h ${hostname} -p ${port} ${plain}`);
    expect(printed).toMatch(expected[text] ?? /unknown/);
  });
});
