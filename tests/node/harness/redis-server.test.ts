// The servers of the Redis tests are what they say they are.
import { existsSync } from "node:fs";
import { connect as connectTls } from "node:tls";
import { describe, expect, test } from "vitest";
import { RedisCluster, RedisSentinels, RedisServer } from "../support/redis-server.ts";

// A master that was killed is replaced after so long, and one that is only slow is not.
const [nodeTimeoutMs, downAfterMs] = [5000, 5000];

describe("a standalone server", () => {
  test("answers on its port, and leaves nothing behind", async () => {
    let folder: string;
    let pid: number | null;
    {
      await using server = await RedisServer.start();
      folder = server.folder;
      pid = server.process.pid;
      expect(server.url).toBe(`redis://127.0.0.1:${server.port}`);
      expect(await server.ask("SET", "k", "v")).toBe("OK");
      expect(await server.ask("GET", "k")).toBe("v");
      expect(existsSync(folder)).toBe(true);
    }
    expect(existsSync(folder)).toBe(false);
    expect(() => process.kill(pid ?? 0, 0)).toThrow("ESRCH");
  });

  test("with an append-only file keeps what it acknowledged when it is killed", async () => {
    await using server = await RedisServer.start({ appendOnly: true });
    await server.ask("SET", "k", "v");
    const { pid } = server.process;
    await server.kill();
    await expect(server.ask("GET", "k")).rejects.toThrow("Could not connect");
    await server.restart();
    expect(server.process.pid).not.toBe(pid);
    expect(await server.ask("GET", "k")).toBe("v");
  });

  test("without one forgets it", async () => {
    await using server = await RedisServer.start();
    await server.ask("SET", "k", "v");
    await server.restart();
    expect(await server.ask("GET", "k")).toBe("");
  });

  test("wants its password, and lets a further user do what its rules say", async () => {
    const user = { name: "app", password: "app secret", rules: "~app:* +@all -flushall" };
    await using server = await RedisServer.start({ password: "p w/@", user });
    expect(server.url).toBe(`redis://app:app%20secret@127.0.0.1:${server.port}`);
    const as = ["--user", user.name, "--pass", user.password];
    expect(await server.ask(...as, "SET", "app:k", "v")).toBe("OK");
    await expect(server.ask(...as, "SET", "other", "v")).rejects.toThrow("NOPERM");
    await expect(server.ask("--pass", "wrong", "PING")).rejects.toThrow("WRONGPASS");
  });

  test("speaks TLS with a certificate that its authority vouches for", async () => {
    await using server = await RedisServer.start({ tls: true, password: "secret" });
    expect(server.url).toBe(`rediss://:secret@127.0.0.1:${server.port}`);
    const { host, port, ca } = server;
    const authorized = await new Promise((resolve, reject) => {
      const socket = connectTls({ host, port, ca: ca ?? "" }, () => {
        resolve(socket.authorized);
        socket.destroy();
      });
      socket.once("error", reject);
    });
    expect(authorized).toBe(true);
    expect(await server.ask("PING")).toBe("PONG");
  });

  test("refuses what does not fit its memory", async () => {
    await using server = await RedisServer.start({ maxMemory: "2mb" });
    await server.ask("SETRANGE", "large", "3000000", "x");
    await expect(server.ask("SET", "k", "v")).rejects.toThrow("OOM");
  });

  test("that cannot start says what it said", async () => {
    await expect(RedisServer.start({ settings: ["--no-such-setting", "1"] })).rejects.toThrow(
      "no-such-setting",
    );
  });
});

describe("a cluster", () => {
  test("covers every slot, and promotes the replica of a master that is killed", async () => {
    await using cluster = await RedisCluster.start({ nodeTimeoutMs });
    const nodes = await cluster.nodes();
    const masters = nodes.filter(({ isMaster }) => isMaster);
    expect(masters).toHaveLength(3);
    expect(masters.reduce((sum, { slots }) => sum + slots, 0)).toBe(16_384);
    expect(new Set(nodes.map(({ masterId }) => masterId))).toEqual(
      new Set([null, ...masters.map(({ id }) => id)]),
    );
    const [first] = masters;
    if (first === undefined) throw new Error("there is no master");
    await first.server.kill();
    const heir = await cluster.promotionOf(first.id);
    expect(heir.slots).toBe(first.slots);
    await first.server.restart();
    await cluster.isWhole();
    expect((await cluster.nodes()).filter(({ isMaster }) => isMaster)).toHaveLength(3);
  });
});

describe("a sentinel trio", () => {
  test("promotes the replica of a master that is killed", async () => {
    await using trio = await RedisSentinels.start({ password: "secret", downAfterMs });
    expect(trio.sentinelPorts).toHaveLength(3);
    const master = await trio.master();
    await master.ask("SET", "k", "v");
    expect(await master.ask("WAIT", "1", "0")).toBe("1");
    await master.kill();
    const heir = await trio.promotionAfter(master);
    expect(heir.port).not.toBe(master.port);
    expect(await heir.ask("GET", "k")).toBe("v");
    expect(await heir.ask("SET", "k", "w")).toBe("OK");
  });
});
