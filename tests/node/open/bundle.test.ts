// What of the package a bundler takes into a Worker in whose project no client of Redis is installed.
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { afterEach, beforeEach, expect, test } from "vitest";

const checkout = resolve(import.meta.dirname, "../../..");
let project = "";

// The package stands in a folder from which nothing else is found.
beforeEach(async () => {
  project = await mkdtemp(join(tmpdir(), "kvista-bundle-"));
  for (const name of ["bindings", "package.json"]) {
    await symlink(join(checkout, name), join(project, name));
  }
});

afterEach(() => rm(project, { recursive: true, force: true }));

async function bundled(source: string): Promise<string> {
  const entry = join(project, "worker.ts");
  await writeFile(entry, source);
  const { outputFiles, errors } = await build({
    entryPoints: [entry],
    outdir: join(project, "out"),
    write: false,
    bundle: true,
    format: "esm",
    conditions: ["workerd"],
    external: ["cloudflare:*"],
    loader: { ".wasm": "copy" },
    preserveSymlinks: true,
    logLevel: "silent",
  });
  expect(errors).toEqual([]);
  return outputFiles.find(({ path }) => path.endsWith("worker.js"))?.text ?? "";
}

test("a Worker with the gateway is bundled, and would say what to install", async () => {
  const text = await bundled(
    `export { RedisGateway } from "./bindings/gateway/redis-gateway.ts"; export default {};`,
  );
  expect(text).toContain("npm install ioredis");
  expect(text).toContain(`import("ioredis")`);
  expect(text).not.toContain("@redis/client");
});

test("a Worker without it has nothing of it", async () => {
  const text = await bundled(
    `import { cloudflareKvStore } from "./bindings/entries/index.workerd.ts";
     export default { fetch: (_, { KV }) => cloudflareKvStore({ kv: KV }).get("k") };`,
  );
  expect(text).toContain("cloudflare-kv");
  expect(text).not.toMatch(/import\("ioredis"\)|REDIS_URL/);
});
