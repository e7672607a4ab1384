// A Worker of bench/workers in Miniflare, called from outside: inside a Worker, no time passes.
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { uploadistaPlugin } from "./uploadista.ts";

type Workers = NonNullable<ConstructorParameters<typeof Miniflare>[0]["workers"]>;
type Config = Workers[number]["config"];

export type BenchWorker = {
  /** The answer's JSON; anything but a 200 is thrown. */
  call(path: string): Promise<unknown>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** Bundles and starts `bench/workers/NAME.ts` with those bindings and classes. */
export async function startWorker(
  name: string,
  bindings: Pick<Config, "env" | "exports"> = {},
): Promise<BenchWorker> {
  const miniflare = new Miniflare({
    workers: [
      {
        config: {
          name,
          compatibilityDate: "2026-11-17",
          manifest: { mainModule: `${name}.js`, modules: await bundled(name) },
          ...bindings,
        },
      },
    ],
    telemetry: { enabled: false },
  });
  await miniflare.ready;
  return {
    async call(path) {
      const response = await miniflare.dispatchFetch(`http://bench${path}`);
      const text = await response.text();
      if (response.status !== 200) throw new Error(`${name}${path}: ${response.status} ${text}`);
      return JSON.parse(text);
    },
    [Symbol.asyncDispose]: () => miniflare.dispose(),
  };
}

type Modules = NonNullable<Config["manifest"]>["modules"];

async function bundled(name: string): Promise<Modules> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, "workers", `${name}.ts`)],
    outdir: join(dirname(import.meta.dirname), "build", "bench"),
    write: false,
    bundle: true,
    format: "esm",
    target: "esnext",
    conditions: ["workerd"],
    // Optional peers, which no row in a Worker uses.
    external: ["cloudflare:*", "ioredis", "@redis/client"],
    loader: { ".wasm": "copy" },
    plugins: [uploadistaPlugin],
    logLevel: "error",
  });
  const modules: Modules = {};
  for (const { path, text, contents } of outputFiles) {
    const file = path.slice(path.lastIndexOf("/") + 1);
    modules[file] = file.endsWith(".wasm")
      ? { type: "wasm", contents: Uint8Array.from(contents) }
      : { type: "esm", contents: text };
  }
  return modules;
}
