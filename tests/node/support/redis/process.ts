// One redis-server process: started, awaited, killed by its own id, started again over the same data.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import { patienceMs } from "../../../patience.ts";

const run = promisify(execFile);

// On Linux the server dies with the test, even with one that was killed.
const deathSignal = ["/usr/bin/setpriv", "--pdeathsig", "KILL"];

const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** Resolves when `isSo` says so, asking again and again; rejects with `what` if it takes too long. */
export async function eventually(
  what: string,
  isSo: () => boolean | Promise<boolean>,
): Promise<void> {
  // By no clock that a test sets.
  const deadline = performance.now() + patienceMs;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`it took too long: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export class RedisProcess {
  readonly #args: readonly string[];
  readonly #cliArgs: readonly string[];
  #child: ChildProcess | null = null;
  #exited: Promise<void> = Promise.resolve();
  #output = "";

  /** `args` are those of redis-server, `cliArgs` how redis-cli reaches it. */
  constructor(args: readonly string[], cliArgs: readonly string[]) {
    this.#args = args;
    this.#cliArgs = cliArgs;
  }

  /** `null` while it does not run. */
  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  /** What it has printed since it was last started. */
  get output(): string {
    return this.#output;
  }

  /** Starts it and resolves when it answers, its data loaded. */
  async start(): Promise<void> {
    this.launch();
    await eventually(`redis-server answers\n${this.#output}`, async () => {
      if (this.#child === null) throw new Error(`redis-server ended:\n${this.#output}`);
      return (await this.ask("PING").catch(() => "")) === "PONG";
    });
  }

  /** Starts it and waits for nothing. */
  launch(): void {
    if (this.#child !== null) throw new Error("the server runs already");
    const command = ["redis-server", ...this.#args];
    if (existsSync(deathSignal[0] as string)) command.unshift(...deathSignal);
    const [program = "", ...args] = command;
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
    this.#child = child;
    this.#output = "";
    const keep = (text: Buffer) => {
      this.#output += text;
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    running.add(child);
    this.#exited = new Promise((resolve) => {
      const end = (problem?: unknown) => {
        if (problem instanceof Error) {
          this.#output += `${problem.message}: 'npm test' installs what is missing, or says what to install`;
        }
        running.delete(child);
        if (this.#child === child) this.#child = null;
        resolve();
      };
      child.once("error", end).once("exit", () => end());
    });
  }

  /** What redis-cli prints for a command; an error reply rejects with its text. */
  async ask(...command: readonly string[]): Promise<string> {
    const args = [...this.#cliArgs, "-e", "--no-auth-warning", ...command];
    const { stdout } = await run("redis-cli", args, { timeout: patienceMs, maxBuffer: 1 << 26 });
    return stdout.replace(/\n$/, "");
  }

  /** SIGSTOP: the connections stay and nothing answers. */
  pause(): void {
    this.#child?.kill("SIGSTOP");
  }

  resume(): void {
    this.#child?.kill("SIGCONT");
  }

  /** SIGKILL, and its end awaited. What was not yet on the disk is lost. */
  async kill(): Promise<void> {
    this.#child?.kill("SIGKILL");
    await this.#exited;
  }

  /** As a service is stopped: it saves what its settings say. */
  async stop(): Promise<void> {
    this.#child?.kill("SIGTERM");
    await this.#exited;
  }
}
