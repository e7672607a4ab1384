// The Worker as it is deployed, in Miniflare, driven from outside: bundled by wrangler as `npm run
// deploy` has it, with other settings. Its objects can reach servers of this machine.
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import type { KvServiceBinding } from "../../../bindings/rpc/service-protocol.ts";
import { decodeArgs, encodeArgs } from "./service-json.ts";

type Workers = NonNullable<ConstructorParameters<typeof Miniflare>[0]["workers"]>;
type Modules = NonNullable<Workers[number]["config"]["manifest"]>["modules"];

const run = promisify(execFile);
const checkout = join(import.meta.dirname, "../../..");
const compatibilityDate = "2026-11-17";

export type Asked = {
  /** The namespace of the token that the request carries, one that the Worker was started with. */
  readonly namespace?: string;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: Uint8Array | string;
};

export class TestWorker {
  /** What it has logged. */
  readonly logged: readonly string[];
  readonly #miniflare: Miniflare;

  /**
   * `env` are variables and secrets; the bindings are those of wrangler.toml, but for Workers KV.
   * There is a token for each of the namespaces, and one for all.
   */
  static async start(
    env: { readonly [name: string]: string },
    namespaces: readonly string[] = [],
  ): Promise<TestWorker> {
    const object = (exportName: string) =>
      ({ type: "durable-object", worker: "kvista", exportName }) as const;
    const sqlite = { type: "durable-object", storage: "sqlite" } as const;
    const tokens = ["", ...namespaces].map((namespace) => ({
      token: tokenFor(namespace),
      namespace,
      access: "write",
    }));
    const texts = { KVISTA_TOKENS: JSON.stringify(tokens), ...env };
    const logged: string[] = [];
    const worker = new TestWorker(
      new Miniflare({
        workers: [
          {
            config: {
              name: "kvista",
              compatibilityDate,
              manifest: { mainModule: "index.js", modules: await bundle() },
              env: {
                KVISTA_OBJECTS: object("KvObject"),
                KVISTA_CATALOG: object("KvCatalog"),
                KVISTA_REDIS: object("RedisGateway"),
                ...Object.fromEntries(
                  Object.entries(texts).map(([name, value]) => [
                    name,
                    { type: "text", value } as const,
                  ]),
                ),
              },
              exports: { KvObject: sqlite, KvCatalog: sqlite, RedisGateway: sqlite },
            },
          },
          {
            config: {
              name: "caller",
              compatibilityDate,
              manifest: { mainModule: "service-caller.js", modules: await callerBundle() },
              env: { KVISTA: { type: "worker", worker: "kvista", exportName: "KvService" } },
            },
          },
        ],
        telemetry: { enabled: false },
        handleStructuredLogs: ({ message }) => logged.push(message),
      }),
      logged,
    );
    await worker.#miniflare.ready;
    return worker;
  }

  private constructor(miniflare: Miniflare, logged: readonly string[]) {
    this.#miniflare = miniflare;
    this.logged = logged;
  }

  /** What it answers to a request with a token. */
  async ask(method: string, path: string, asked: Asked = {}): Promise<Response> {
    const { namespace = "", headers, body } = asked;
    const answer = await this.#miniflare.dispatchFetch(`http://kvista${path}`, {
      method,
      headers: { Authorization: `Bearer ${tokenFor(namespace)}`, ...headers },
      ...(body === undefined ? {} : { body }),
    });
    return answer as unknown as Response;
  }

  /** Its `KvService`, called by another Worker over a service binding. */
  get service(): KvServiceBinding {
    return { perform: (...args) => this.#call("perform", args) };
  }

  /** A method of the store that `KvService` gives to a Worker without kvista's package. */
  callPlain(store: string, namespace: string, method: string, args: unknown[]): Promise<unknown> {
    return this.#call("plain", [store, namespace, method, args]);
  }

  async #call(how: string, args: readonly unknown[]): Promise<unknown> {
    const caller = await this.#miniflare.getWorker("caller");
    const body = encodeArgs(args);
    const answer = await caller.fetch(`http://caller/${how}`, { method: "POST", body });
    if (answer.status !== 200) throw new Error(await answer.text());
    return decodeArgs(await answer.text());
  }

  /** Ends the object of the gateway that serves the first shard, as the platform does at any time. */
  async evictGateway(): Promise<void> {
    await this.#miniflare.unsafeEvictDurableObject("kvista", "RedisGateway", { name: "redis:0" });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#miniflare.dispose();
  }
}

function tokenFor(namespace: string): string {
  return `token-${Buffer.from(namespace).toString("hex")}`;
}

let bundled: Promise<Modules> | undefined;

// One bundle for all tests of a process.
function bundle(): Promise<Modules> {
  bundled ??= wranglerBundle();
  return bundled;
}

async function wranglerBundle(): Promise<Modules> {
  const folder = await mkdtemp(join(tmpdir(), "kvista-worker-"));
  try {
    const wrangler = join(checkout, "node_modules/wrangler/bin/wrangler.js");
    const args = [wrangler, "deploy", "--dry-run", "--outdir", folder];
    const env = { ...process.env, WRANGLER_SEND_METRICS: "false" };
    await run(process.execPath, args, { cwd: checkout, env });
    const modules: Modules = {};
    for (const file of await readdir(folder)) {
      const contents = await readFile(join(folder, file));
      if (file.endsWith(".wasm"))
        modules[file] = { type: "wasm", contents: Uint8Array.from(contents) };
      if (file.endsWith(".js")) modules[file] = { type: "esm", contents: contents.toString() };
    }
    return modules;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function callerBundle(): Promise<Modules> {
  const entry = join(dirname(import.meta.filename), "workers/service-caller.ts");
  const { outputFiles } = await build({
    entryPoints: [entry],
    write: false,
    bundle: true,
    format: "esm",
    target: "esnext",
    external: ["node:*"],
  });
  return { "service-caller.js": { type: "esm", contents: outputFiles[0]?.text ?? "" } };
}
