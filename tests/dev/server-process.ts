// A server as a user starts it, by a command, in a process group of its own.
import { type ChildProcess, spawn } from "node:child_process";
import { patienceMs } from "../patience.ts";

export type ServerCommand = {
  readonly command: readonly [string, ...string[]];
  /** Where it is called. */
  readonly cwd: string;
  /** Set beside what this process has, but for what its test run has set for itself. */
  readonly env?: NodeJS.ProcessEnv;
  readonly port: number;
  /** What answers 200 as soon as it serves. */
  readonly healthPath: string;
};

export class ServerProcess {
  readonly port: number;
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  #output = "";
  #hasExited = false;

  /** Resolves when the server answers; rejects with what it printed if it does not. */
  static async start(options: ServerCommand): Promise<ServerProcess> {
    const server = new ServerProcess(options);
    try {
      await server.#answers(options.healthPath);
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  private constructor({ command, cwd, env, port }: ServerCommand) {
    this.port = port;
    this.#name = command.join(" ");
    const [file, ...args] = command;
    this.#child = spawn(file, args, {
      cwd,
      env: { ...plainEnvironment(), ...env },
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
    const signal = AbortSignal.timeout(patienceMs);
    return fetch(`http://localhost:${this.port}${path}`, { signal, ...init });
  }

  /**
   * Ends it as Ctrl-C does, and what then is left of its process group by force. Tells whether
   * nothing was left.
   */
  async stop(): Promise<boolean> {
    this.#signal("SIGINT");
    const deadline = Date.now() + patienceMs;
    while (this.#signal(0) && Date.now() < deadline) await sleep(50);
    const wasForced = this.#signal("SIGKILL");
    await this.#exited;
    return !wasForced;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
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

  async #answers(path: string): Promise<void> {
    const deadline = Date.now() + patienceMs;
    while (Date.now() < deadline) {
      if (this.#hasExited) throw new Error(`${this.#name} ended:\n${this.#output}`);
      // A request that comes while it starts may never be answered.
      const signal = AbortSignal.timeout(30_000);
      const health = await this.fetch(path, { signal }).catch(() => null);
      if (health?.status === 200) return;
      await sleep(200);
    }
    throw new Error(`${this.#name} did not answer:\n${this.#output}`);
  }
}

/** This process's environment without what its test run has set for itself. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  const ours = /^(VITEST|NODE_ENV$|NODE_OPTIONS$|TEST$|DEV$|PROD$|MODE$|SSR$|BASE_URL$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
