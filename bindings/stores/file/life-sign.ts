// A socket that shows to all processes of one kernel, also in other containers, whether its owner
// lives. The kernel closes it when the owner's last thread ends, and accepts connections to it
// while the owner is stopped or busy. Nobody sends anything on it.
import { once } from "node:events";
import { constants } from "node:fs";
import { chmod, open, stat } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { errnoOf } from "./errno.ts";

// The longest path in the address of a socket (unix(7)): 108 bytes on Linux, 104 elsewhere, with a NUL.
const maxPathBytes = process.platform === "linux" ? 107 : 103;

/** The state of a life sign, as another process sees it. "hidden" means that it cannot tell. */
export type Sign = "shown" | "ended" | "absent" | "hidden";

const signs: { readonly [errno: string]: Sign } = {
  // The queue of connections is full: so the socket is open.
  EAGAIN: "shown",
  ECONNREFUSED: "ended",
  ENOENT: "absent",
};

// These errors may pass. Every other error means that the file system has no sockets.
const passing = new Set(["EMFILE", "ENFILE", "ENOSPC", "EDQUOT", "ENOMEM"]);

/** Shows a life sign until the server is closed. Returns `null` if the file system has no sockets. */
export async function showLife(directory: string, name: string): Promise<Server | null> {
  const server = createServer((socket) => socket.destroy());
  try {
    await withPath(directory, name, async (path) => {
      // Exclusive, because otherwise the primary process of a Node cluster would hold the socket.
      server.listen({ path, exclusive: true });
      await once(server, "listening");
      // To connect, a process needs the right to write: whoever may write to the directory may connect.
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

/** The state of the life sign of that name. */
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

// A path that is too long for an address is shortened through an open descriptor of its directory.
async function withPath<T>(
  directory: string,
  name: string,
  use: (path: string) => Promise<T>,
): Promise<T> {
  const path = `${directory}/${name}`;
  if (Buffer.byteLength(path) <= maxPathBytes) return use(path);
  const handle = await open(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    return await use(`/proc/self/fd/${handle.fd}/${name}`);
  } finally {
    await handle.close();
  }
}
