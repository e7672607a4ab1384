// What a server that changes under a connected client tells, and that the client goes on afterwards.
import { mkdir, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { KvError } from "../../../bindings/contract/errors.ts";
import { atDeadline, isTold } from "../support/leap.ts";
import { clusterClients, standaloneClients } from "../support/redis-clients.ts";
import { eventually, RedisCluster, RedisServer } from "../support/redis-server.ts";

async function failureOf(promise: Promise<unknown>): Promise<KvError> {
  return promise.then(
    (answer) => expect.fail(`it succeeded: ${JSON.stringify(answer)}`),
    (thrown) => thrown,
  );
}

const failuresOf = (...promises: Promise<unknown>[]) => Promise.all(promises.map(failureOf));

/** What fails and waits for the user to set something right. */
const unavailable = (hint: string) => ({
  code: "UNAVAILABLE",
  retryable: true,
  hint: expect.stringContaining(hint),
});

describe.each(Object.entries(standaloneClients))("%s", (_, connect) => {
  test("a server that cannot save refuses writes, serves reads, and is used again when it can", async () => {
    await using server = await RedisServer.start({ save: "3600 1" });
    const { store, close } = await connect(server);
    const { version } = await store.set("a", "{}");
    await store.entry("a");
    // A snapshot cannot take the place of a folder.
    const snapshot = join(server.folder, "dump.rdb");
    await mkdir(snapshot);
    const saved = async (status: string) => {
      await server.ask("BGSAVE").catch(() => {});
      return (await server.ask("INFO", "persistence")).includes(`last_bgsave_status:${status}`);
    };
    await eventually("the server fails to save", () => saved("err"));
    const told = await atDeadline((call) =>
      failuresOf(
        store.set("a", "1", call),
        store.delete("a", call),
        store.compareAndSet("a", version, "1", call),
        store.compareAndSet("b", null, "1", call),
        store.patch("a", { n: 1 }, call),
      ),
    );
    expect(told).toMatchObject(told.map(() => unavailable("disk")));
    const [outcome] = await atDeadline((call) => store.setMany([{ key: "a", value: "1" }], call));
    expect(outcome).toMatchObject({ ok: false, error: unavailable("disk") });
    expect(await store.get("a")).toBe("{}");
    expect(await store.list()).toEqual(["a"]);
    await rmdir(snapshot);
    await eventually("the server saves", () => saved("ok"));
    await store.compareAndSet("a", version, "1");
    await close();
  });

  test("a server that becomes a replica refuses writes until it is none", async () => {
    await using primary = await RedisServer.start({
      settings: ["--repl-diskless-sync-delay", "0"],
    });
    await using server = await RedisServer.start();
    const { store, close } = await connect(server);
    const { version } = await primary.ask("SET", "a", "{}").then(() => store.set("a", "{}"));
    await store.entry("a");
    await server.ask("REPLICAOF", primary.host, `${primary.port}`);
    await eventually("it follows", async () =>
      (await server.ask("INFO", "replication")).includes("master_link_status:up"),
    );
    const told = await atDeadline((call) =>
      failuresOf(
        store.set("b", "1", call),
        store.delete("a", call),
        store.compareAndSet("a", version, "1", call),
        store.compareAndSet("b", null, "1", call),
        store.patch("a", { n: 1 }, call),
      ),
    );
    expect(told).toMatchObject(told.map(() => unavailable("primary")));
    expect(await store.get("a")).toBe("{}");
    const written = [store.set("b", "1"), store.compareAndSet("a", version, "1")];
    await server.ask("REPLICAOF", "NO", "ONE");
    await Promise.all(written);
    expect(await store.getMany(["a", "b"])).toEqual(["1", "1"]);
    await close();
  });

  test("a password that was changed is told of when the client connects again", async () => {
    await using server = await RedisServer.start({ password: "old" });
    const { store, close } = await connect(server);
    await store.set("a", "1");
    await server.ask("CONFIG", "SET", "requirepass", "new");
    const asNew = (...command: string[]) => server.ask("--pass", "new", ...command);
    await asNew("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    await isTold(/password/, store);
    const told = await atDeadline((call) =>
      failuresOf(store.get("a", call), store.list("", call), store.set("a", "2", call)),
    );
    expect(told).toMatchObject(told.map(() => unavailable("password")));
    await asNew("CONFIG", "SET", "requirepass", "old");
    await eventually("the client is let in", () => store.get("a").then(Boolean, () => false));
    expect(await store.get("a")).toBe("1");
    await close();
  });

  test("what the user's rules forbid is named, with what the user needs", async () => {
    await using server = await RedisServer.start({ user: { name: "u", password: "p", rules: "" } });
    const rules = (...changed: string[]) => server.ask("ACL", "SETUSER", "u", ...changed);
    await rules("~*", "+@all");
    const { store, close } = await connect(server);
    const { version } = await store.set("a", "{}");
    for (const [command, ask] of [
      ["get", () => store.get("a")],
      ["mget", () => store.getMany(["a", "b"])],
      ["set", () => store.set("a", "1")],
      ["set", () => store.compareAndSet("b", null, "1")],
      ["del", () => store.delete("a")],
      ["scan", () => store.list()],
      ["scan", () => store.page({})],
      ["evalsha", () => store.entry("a")],
      ["evalsha", () => store.compareAndSet("a", version, "1")],
      ["evalsha", () => store.patch("a", { n: 1 })],
      ["eval", () => store.entry("a")],
    ] as const) {
      await server.ask("SCRIPT", "FLUSH");
      await rules(`-${command}`);
      const error = await failureOf(ask());
      expect(error).toMatchObject(unavailable(`+${command}:`));
      expect(error.message).toContain("NOPERM");
      await rules("+@all");
    }
    // Redis does not say which command it was that a script may not use.
    await rules("-set");
    expect(await failureOf(store.compareAndSet("a", version, "1"))).toMatchObject(
      unavailable("+@write"),
    );
    await rules("+@all", "resetkeys", "~mine/*");
    expect(await failureOf(store.get("a"))).toMatchObject(unavailable("keys"));
    await store.set("mine/a", "1");
    await close();
  });
});

test("a cluster's user that may not ask for its nodes is told so by lists alone", async () => {
  const user = { name: "u", password: "p", rules: "~* +@all -cluster|nodes" };
  await using cluster = await RedisCluster.start({ user });
  for (const connect of Object.values(clusterClients)) {
    const { store, close } = await connect(cluster);
    await store.set("a", "1");
    expect(await store.getMany(["a", "b"])).toEqual(["1", null]);
    expect(await failureOf(store.list())).toMatchObject(unavailable("+cluster|nodes:"));
    await close();
  }
});
