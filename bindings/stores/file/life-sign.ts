// A socket that shows to all processes of one kernel, in whatever containers, whether its owner lives:
// the kernel closes it when the owner's last thread is gone, and answers for it while the owner is
// stopped or busy. Nothing is ever said on it.
import { once } from "node:events";
import { constants } from "node:fs";
import { chmod, open, stat } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { errnoOf } from "./errno.ts";

// What a socket's address has room for (unix(7)): 108 bytes on Linux, 104 elsewhere, with a NUL.
const mostPathBytes = process.platform === "linux" ? 107 : 103;

/** What another process sees of a life sign. */
export type Sign = "shown" | "ended" | "absent" | "hidden";

const signs: { readonly [errno: string]: Sign } = {
  // So many have asked that the queue is full.
  EAGAIN: "shown",
  ECONNREFUSED: "ended",
  ENOENT: "absent",
};

// Those tell that it may work another time. With all others the file system has no sockets.
const passing = new Set(["EMFILE", "ENFILE", "ENOSPC", "EDQUOT", "ENOMEM"]);

/** Shows it until the server is closed; null where the file system has no sockets. */
export async function showLife(directory: string, name: string): Promise<Server | null> {
  const server = createServer((socket) => socket.destroy());
  try {
    await withPath(directory, name, async (path) => {
      // Exclusive, because in a worker of a cluster its primary would hold the socket.
      server.listen({ path, exclusive: true });
      await once(server, "listening");
      // Asking takes the right to write: who may write the directory may ask.
      await chmod(path, (await stat(directory)).mode & 0o666);
    });
  } catch (thrown) {
    server.close();
    if (passing.has(errnoOf(thrown) ?? "")) throw thrown;
    return null;
  }
  server.on("error", () => {});
  return server.unref();
}

export async function signOf(directory: string, name: string): Promise<Sign> {
  try {
    await withPath(directory, name, async (path) => {
      const socket = connect(path);
      await once(socket, "connect").finally(() => socket.destroy());
    });
    return "shown";
  } catch (thrown) {
    return signs[errnoOf(thrown) ?? ""] ?? "hidden";
  }
}

// A path that is too long is shortened through an open descriptor of its directory.
async function withPath<T>(
  directory: string,
  name: string,
  use: (path: string) => Promise<T>,
): Promise<T> {
  const path = `${directory}/${name}`;
  if (Buffer.byteLength(path) <= mostPathBytes) return use(path);
  const handle = await open(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    return await use(`/proc/self/fd/${handle.fd}/${name}`);
  } finally {
    await handle.close();
  }
}
