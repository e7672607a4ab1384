// `npm run dev` as a user runs it, in a process group of its own, on a free port of this machine and
// with its data in a folder of the caller's.
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { resolve } from "node:path";

/** Where `npm run dev` is called. */
export const checkout = resolve(import.meta.dirname, "../..");

// The first start may have the core to build.
const startMs = 300_000;
const stopMs = 20_000;

export type DevServerOptions = {
  /** The folder that the simulated bindings are kept in. */
  readonly persistTo: string;
  /** The file with the secrets. By default that of the checkout, which a fresh clone gets from the example. */
  readonly envFile?: string;
};

export class DevServer {
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  #output = "";
  #hasExited = false;

  /** Resolves when the server answers; rejects with what it printed if it does not. */
  static async start(options: DevServerOptions): Promise<DevServer> {
    const server = new DevServer(await freePort(), options);
    try {
      await server.#answers();
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  private constructor(port: number, { persistTo, envFile }: DevServerOptions) {
    this.port = port;
    const args = ["run", "dev", "--", "--port", String(port), "--persist-to", persistTo];
    const secrets = envFile ?? committedEnvFile();
    if (secrets !== null) args.push("--env-file", secrets);
    this.#child = spawn("npm", args, {
      cwd: checkout,
      env: plainEnvironment(),
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    const keep = (text: Buffer) => {
      this.#output += text;
    };
    this.#child.stdout?.on("data", keep);
    this.#child.stderr?.on("data", keep);
    this.#exited = new Promise((resolve) => {
      const end = () => {
        this.#hasExited = true;
        resolve();
      };
      this.#child.once("error", end).once("exit", end);
    });
    process.once("exit", () => this.#signal("SIGKILL"));
  }

  /** What it has printed. */
  get output(): string {
    return this.#output;
  }

  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const signal = AbortSignal.timeout(30_000);
    return fetch(`http://localhost:${this.port}${path}`, { signal, ...init });
  }

  /**
   * Ends it as Ctrl-C does, and what then is left of its process group by force. Tells whether
   * nothing was left.
   */
  async stop(): Promise<boolean> {
    this.#signal("SIGINT");
    const deadline = Date.now() + stopMs;
    while (this.#signal(0) && Date.now() < deadline) await sleep(50);
    const wasForced = this.#signal("SIGKILL");
    await Promise.race([this.#exited, sleep(1000)]);
    return !wasForced;
  }

  // Whether there was a process of its group to tell.
  #signal(signal: NodeJS.Signals | 0): boolean {
    if (this.#child.pid === undefined) return false;
    try {
      return process.kill(-this.#child.pid, signal);
    } catch {
      return false;
    }
  }

  async #answers(): Promise<void> {
    const deadline = Date.now() + startMs;
    while (Date.now() < deadline) {
      if (this.#hasExited) throw new Error(`npm run dev ended:\n${this.#output}`);
      const health = await this.fetch("/healthz").catch(() => null);
      if (health?.status === 200) return;
      await sleep(200);
    }
    throw new Error(`npm run dev did not answer in ${startMs} ms:\n${this.#output}`);
  }
}

// The committed secrets, if the checkout has others of its own: those are neither used nor touched.
function committedEnvFile(): string | null {
  const example = `${checkout}/.dev.vars.example`;
  try {
    const own = readFileSync(`${checkout}/.dev.vars`, "utf8");
    return own === readFileSync(example, "utf8") ? null : example;
  } catch {
    return null;
  }
}

// Without what this test run has set for itself.
function plainEnvironment(): NodeJS.ProcessEnv {
  const ours = /^(VITEST|NODE_ENV$|NODE_OPTIONS$|TEST$|DEV$|PROD$|MODE$|SSR$|BASE_URL$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject).listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
