// Free ports of this machine, below those that the system gives to outgoing connections: a server that
// is started again finds its port free still.
import { createServer } from "node:net";

const firstPort = 11_000;
const ports = 10_000;
// A cluster's bus listens this much above its server's port (Redis' own choice).
const busOffset = 10_000;

const given = new Set<number>();

/** A port that is free, and the one of its cluster bus too. No two calls of a process get the same. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 1000; attempt++) {
    const port = firstPort + Math.floor(Math.random() * ports);
    if (given.has(port)) continue;
    given.add(port);
    if ((await isFree(port)) && (await isFree(port + busOffset))) return port;
  }
  throw new Error("no free port was found");
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
