// Other processes over the same directory, for tests: runs actor.ts, which does what its task says.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

export type Task = {
  readonly directory: string;
  readonly what:
    | "increment"
    | "alternate"
    | "set-and-delete"
    | "hold"
    | "try"
    | "exhaust"
    | "crowd"
    | "renew";
  readonly [member: string]: unknown;
};

export type Child = {
  readonly process: ChildProcess;
  /** The next line that it prints. */
  line(): Promise<string>;
  /** All that it still prints, once it has ended. */
  rest(): Promise<string[]>;
};

/** The expiry that goes with a value of the task "alternate": every second letter has one of its own. */
export function expiryFor(value: string): number | null {
  const letter = value.charCodeAt(0) - 97;
  return letter % 2 === 0 ? null : 2_147_483_640 + letter;
}

const actor = join(import.meta.dirname, "actor.ts");

/** Starts a process; `under` is a command that runs it, such as one that sets a limit. */
export function startChild(task: Task, under: readonly string[] = []): Child {
  const command = [...under, process.execPath, "--no-warnings", actor, JSON.stringify(task)];
  const [program = "", ...args] = command;
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = once(child, "close");
  const next = async () => {
    const { value, done } = await lines.next();
    return done === true ? null : (value as string);
  };
  return {
    process: child,
    async line() {
      const line = await next();
      if (line === null) throw new Error("the process has ended without a word");
      return line;
    },
    async rest() {
      const all: string[] = [];
      for (let line = await next(); line !== null; line = await next()) all.push(line);
      await ended;
      return all;
    },
  };
}

/** Kills it as a crash would, and waits until it is gone. */
export async function crash(child: Child): Promise<void> {
  const ended = once(child.process, "close");
  child.process.kill("SIGKILL");
  await ended;
}
