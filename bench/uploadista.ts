// Uploadista's published packages, fetched from the npm registry into build/bench and checked against
// the digest that is written here. They cannot be installed, because @uploadista/core is not published.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Effect } from "effect";
import { build, type Plugin } from "esbuild";

const version = "1.0.0";
const sha512 = {
  "kv-store-memory":
    "PADmLRvS269NtEHB2umHn5XlMm9EbQzHf8rAUHJ8Xx3xcdPMKOQ+0r0QpJXV1FXYVj+C+82YR2BBsoHTuoMCuA==",
  "kv-store-cloudflare-kv":
    "e/78+ZUKqYyfL6UqEkiimVhGdSmK2NmPGpTFz8ehQoHXESMwSnV+oUknui50puIGPcQTP1JzOTQj6y4+cKQPSw==",
  "kv-store-filesystem":
    "XQdO7QzHpA4EI8n9A7+2WffFXLn05egcUaK9UqDfQSlTOkXStksUBpZtHWoG1L4rbod3PMHR1D8I7I5aTDEj/g==",
  "kv-store-cloudflare-do":
    "B7dJuyvNLxkqCzxCy8lt6UWOW0d+XuJPILw2LsITIQnR4LSXFMv7S1n0Wx8KezpjdKa5Z5BejydMq6cxDkoVlA==",
  "kv-store-ioredis":
    "LqeFcAzMqu485Dx4xVbqvyB9aqVaZeAXt/oOP+7oGzaIw6dRtNxTneJzj32mavqjP0lsIfrwni3YnFxwQp/Rww==",
  "kv-store-redis":
    "MED8IUVXxnPYpVOkygBQ6utNZiD34sqIYhTEwbJJ9uNGpfq1S/EI1YvzrnL1PxPdyH4bm5+tU3htXypqeNgIdw==",
} as const;
type Name = keyof typeof sha512;

const folder = join(dirname(import.meta.dirname), "build", "bench");

/** What its stores have in common (`BaseKvStore` of @uploadista/core). */
export type UploadistaStore = {
  get(key: string): Effect.Effect<string | null>;
  set(key: string, value: string): Effect.Effect<void>;
  delete(key: string): Effect.Effect<void>;
  list(prefix: string): Effect.Effect<string[]>;
};

/** The package's built entry, on disk. */
function entryOf(name: Name): string {
  const unpacked = join(folder, `${name}-${version}`);
  const entry = join(unpacked, "package", "dist", "index.mjs");
  if (existsSync(entry)) return entry;
  const partial = `${unpacked}.${process.pid}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  execFileSync("npm", ["pack", "--silent", `@uploadista/${name}@${version}`], { cwd: partial });
  const archive = join(partial, `uploadista-${name}-${version}.tgz`);
  const digest = createHash("sha512").update(readFileSync(archive)).digest("base64");
  if (digest !== sha512[name]) throw new Error(`@uploadista/${name} is not the known ${version}`);
  execFileSync("tar", ["-xzf", archive], { cwd: partial });
  if (!existsSync(unpacked)) renameSync(partial, unpacked);
  return entry;
}

/** The file of `@uploadista/kv-store-…`, or of what stands in for `@uploadista/core/…`; else `null`. */
export function uploadistaFile(imported: string): string | null {
  if (imported.startsWith("@uploadista/core/")) {
    return join(dirname(import.meta.dirname), "tests", "uploadista", "core.ts");
  }
  if (!imported.startsWith("@uploadista/kv-store-")) return null;
  return entryOf(imported.slice("@uploadista/".length) as Name);
}

/** Lets a bundle import `@uploadista/kv-store-…`, over the stand-in for its core. */
export const uploadistaPlugin: Plugin = {
  name: "uploadista",
  setup({ onResolve }) {
    onResolve({ filter: /^@uploadista\// }, ({ path }) => ({ path: uploadistaFile(path) ?? path }));
  },
};

/** Its memory store, in this process. */
export async function uploadistaMemoryStore(): Promise<UploadistaStore> {
  const { makeMemoryBaseKvStore } = await bundled("kv-store-memory");
  return makeMemoryBaseKvStore?.({}) as UploadistaStore;
}

/** Its filesystem store, in this process, over a directory that it would not make itself. */
export async function uploadistaFileStore(directory: string): Promise<UploadistaStore> {
  mkdirSync(directory, { recursive: true });
  const { makeFileBaseKvStore } = await bundled("kv-store-filesystem");
  return makeFileBaseKvStore?.({ directory }) as UploadistaStore;
}

/** Its Redis store over a client of @redis/client. */
export async function uploadistaRedisStore(redis: object): Promise<UploadistaStore> {
  const { makeRedisBaseKvStore } = await bundled("kv-store-redis");
  return makeRedisBaseKvStore?.({ redis }) as UploadistaStore;
}

/** Its store over a client of ioredis. */
export async function uploadistaIoRedisStore(redis: object): Promise<UploadistaStore> {
  const { makeIoRedisBaseKvStore } = await bundled("kv-store-ioredis");
  return makeIoRedisBaseKvStore?.({ redis }) as UploadistaStore;
}

type Exports = { readonly [name: string]: ((config: object) => unknown) | undefined };

async function bundled(name: Name): Promise<Exports> {
  // Tests bundle in several processes at once.
  const outfile = join(folder, `uploadista-${name}-${process.pid}.mjs`);
  await build({
    stdin: { contents: `export * from "@uploadista/${name}"`, resolveDir: folder },
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    external: ["effect"],
    plugins: [uploadistaPlugin],
    logLevel: "error",
  });
  try {
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(outfile, { force: true });
  }
}
