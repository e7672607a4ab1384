// Free ports of this machine, below those that the system gives to outgoing connections: a server that
// is started again finds its port free still.
import { rmSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";

const firstPort = 11_000;
const ports = 10_000;
// A cluster's bus listens this much above its server's port (Redis' own choice).
const busOffset = 10_000;

// A file for each port that a process of these tests has: one on which nobody is to listen must not be another's.
const reserved = join(tmpdir(), `kvista-test-ports-${userInfo().uid}`);
const given = new Set<number>();
process.once("exit", () => {
  for (const port of given) rmSync(join(reserved, `${port}`), { force: true });
});

/** A port that is free, and the one of its cluster bus too. No other process of these tests gets it meanwhile. */
export async function freePort(): Promise<number> {
  await mkdir(reserved, { recursive: true });
  for (let attempt = 0; attempt < 1000; attempt++) {
    const port = firstPort + Math.floor(Math.random() * ports);
    if (given.has(port) || !(await isReserved(port))) continue;
    given.add(port);
    if ((await isFree(port)) && (await isFree(port + busOffset))) return port;
  }
  throw new Error("no free port was found");
}

/** Whether it is this process's from now on. */
async function isReserved(port: number): Promise<boolean> {
  const file = join(reserved, `${port}`);
  try {
    await writeFile(file, `${process.pid}`, { flag: "wx" });
    return true;
  } catch {
    const holder = Number(await readFile(file, "utf8").catch(() => ""));
    // What a process left that was killed is for the next one.
    if (holder > 0 && !isRunning(holder)) await rm(file, { force: true });
    return false;
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** What `start` starts on a free port; on another one if somebody else took that meanwhile. */
export async function onFreePort<T>(start: (port: number) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(await freePort());
    } catch (error) {
      if (attempt === 5 || !/EADDRINUSE|address already in use/i.test(String(error))) throw error;
    }
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
