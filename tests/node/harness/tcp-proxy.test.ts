// The proxy does to connections what it says.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { eventually, RedisServer } from "../support/redis-server.ts";
import { TcpProxy } from "../support/tcp-proxy.ts";

async function connected(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.on("error", () => {});
  return socket;
}

async function answer(socket: Socket, command: string): Promise<string> {
  const data = once(socket, "data");
  socket.write(command);
  return String((await data)[0]);
}

function isReset(socket: Socket): Promise<unknown> {
  return new Promise((resolve) => socket.once("close", resolve));
}

describe("the proxy", () => {
  test("passes what is said, and counts connections", async () => {
    await using server = await RedisServer.start();
    await using proxy = await TcpProxy.start(server.port);
    const socket = await connected(proxy.port);
    expect(await answer(socket, "PING\r\n")).toBe("+PONG\r\n");
    expect([proxy.connections, proxy.open, proxy.sentBytes]).toEqual([1, 1, 6]);
    socket.destroy();
    await eventually("the connection is gone", () => proxy.open === 0);
  });

  test("loses a reply to a request that was carried out", async () => {
    await using server = await RedisServer.start();
    await using proxy = await TcpProxy.start(server.port);
    const socket = await connected(proxy.port);
    proxy.loseNextReply();
    const reset = isReset(socket);
    socket.write("SET k v\r\n");
    await reset;
    expect(await server.ask("GET", "k")).toBe("v");
    const again = await connected(proxy.port);
    expect(await answer(again, "GET k\r\n")).toBe("$1\r\nv\r\n");
  });

  test("drops replies while it is told to, and the connection stays", async () => {
    await using server = await RedisServer.start();
    await using proxy = await TcpProxy.start(server.port);
    const socket = await connected(proxy.port);
    proxy.dropReplies();
    socket.write("SET k v\r\n");
    await eventually("the server has done it", async () => (await server.ask("GET", "k")) === "v");
    proxy.passReplies();
    expect(await answer(socket, "PING\r\n")).toBe("+PONG\r\n");
  });

  test("cuts and refuses connections, and takes them again on the same port", async () => {
    await using server = await RedisServer.start();
    await using proxy = await TcpProxy.start(server.port);
    const socket = await connected(proxy.port);
    expect(await answer(socket, "PING\r\n")).toBe("+PONG\r\n");
    const reset = isReset(socket);
    await proxy.refuse();
    await reset;
    await expect(connected(proxy.port)).rejects.toThrow("ECONNREFUSED");
    await proxy.accept();
    expect(await answer(await connected(proxy.port), "PING\r\n")).toBe("+PONG\r\n");
  });
});
