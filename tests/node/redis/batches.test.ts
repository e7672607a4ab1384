// GETs and SETs of one turn, which go to one server as an MGET and an MSET.
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import type { ByteStore } from "../../../bindings/contract/bytes.ts";
import type { KvStore } from "../../../bindings/contract/contract.ts";
import { type RedisClient, redisKvStore } from "../../../bindings/stores/redis/redis-store.ts";
import { codeOf, failureOf } from "../support/failing.ts";
import { type Opened, standaloneClients } from "../support/redis-clients.ts";
import { eventually, RedisServer, type RedisServerOptions } from "../support/redis-server.ts";

const server = await RedisServer.start();
afterAll(() => server[Symbol.asyncDispose]());

const keys = Array.from({ length: 100 }, (_, i) => `k${i}`);

/** Until replies are known to be small, few are asked for at a time. */
async function getToKnow(store: KvStore): Promise<void> {
  await store.set("known", "small");
  for (let i = 0; i < 100; i++) await store.get("known");
}

async function callsOf(run: () => Promise<unknown>): Promise<{ [command: string]: number }> {
  await server.ask("CONFIG", "RESETSTAT");
  await run();
  const stats = await server.ask("INFO", "commandstats");
  const calls: { [command: string]: number } = {};
  for (const [, name = "", count] of stats.matchAll(/cmdstat_(m?[gs]et|exists):calls=(\d+)/g)) {
    calls[name] = Number(count);
  }
  return calls;
}

describe.each(Object.entries(standaloneClients))("%s", (_, connect) => {
  const over = async (
    use: (store: ByteStore, to: RedisServer) => Promise<void>,
    options?: RedisServerOptions,
  ) => {
    const own = options === undefined ? null : await RedisServer.start(options);
    const opened: Opened = await connect(own ?? server);
    try {
      await use(opened.store, own ?? server);
    } finally {
      await opened.close();
      await own?.[Symbol.asyncDispose]();
    }
  };
  beforeEach(() => server.ask("FLUSHALL"));

  test("reads of one turn are one command, and so are writes", () =>
    over(async (store) => {
      await getToKnow(store);
      const setAll = () => Promise.all(keys.map((key) => store.set(key, `${key} ä\u{1f600}`)));
      expect(await callsOf(setAll)).toEqual({ mset: 1 });
      const values = () => Promise.all(keys.map((key) => store.get(key)));
      const expected = keys.map((key) => `${key} ä\u{1f600}`);
      expect(await callsOf(async () => expect(await values()).toEqual(expected))).toEqual({
        mget: 1,
      });
      const two = () => Promise.all([...keys, ...keys].map((key) => store.get(key)));
      expect(await callsOf(two)).toEqual({ mget: 2 });
    }));

  test("one alone is a command of its own", () =>
    over(async (store) => {
      const alone = async () => {
        await store.set("a", "1");
        await store.get("a");
      };
      expect(await callsOf(alone)).toEqual({ get: 1, set: 1 });
    }));

  test("what was asked first is done first", () =>
    over(async (store) => {
      await getToKnow(store);
      const steps = Array.from({ length: 10 }, (_unused, i) => [
        store.set("a", `${i}`),
        store.set("a", `${i}!`),
        store.get("a"),
        store.get("a"),
        store.compareAndSet("a", null, "never"),
        store.delete("a"),
        store.compareAndSet("a", null, `${i}?`),
        store.get("a"),
      ]);
      for (const [i, step] of steps.entries()) {
        const told = await Promise.allSettled(step);
        expect(told).toMatchObject([
          {},
          {},
          { value: `${i}!` },
          { value: `${i}!` },
          { reason: { code: "VERSION_MISMATCH" } },
          { status: "fulfilled" },
          { status: "fulfilled" },
          { value: `${i}?` },
        ]);
      }
    }));

  test("a write with an expiry and one of a large value are no part of a batch", () =>
    over(async (store) => {
      const large = "x".repeat(20_000);
      const some = () =>
        Promise.all([
          store.set("a", "1", { ttlSeconds: 100 }),
          store.set("b", large),
          store.set("c", "1"),
          store.set("d", "1"),
        ]);
      expect(await callsOf(some)).toEqual({ set: 2, mset: 1 });
      expect(Number(await server.ask("TTL", "a"))).toBeGreaterThan(90);
      expect(await store.get("b")).toBe(large);
      // A write without an expiry takes the old one away, in a batch as alone.
      await Promise.all([store.set("a", "2"), store.set("c", "2")]);
      expect(await server.ask("TTL", "a")).toBe("-1");
    }));

  test("a key of another type fails by itself, and an absent one is absent", () =>
    over(async (store) => {
      await getToKnow(store);
      await server.ask("LPUSH", "list", "1");
      const told = await Promise.allSettled(
        ["known", "list", "absent"].map((key) => store.get(key)),
      );
      expect(told).toMatchObject([
        { value: "small" },
        { reason: { code: "CORRUPT", key: "list" } },
        { value: null },
      ]);
      // A SET replaces it; so does an MSET.
      await Promise.all([store.set("list", "1"), store.set("other", "1")]);
      expect(await store.get("list")).toBe("1");
    }));

  test("absent keys of a batch cost one more command", () =>
    over(async (store) => {
      await getToKnow(store);
      const reads = () => Promise.all([...keys, "known"].map((key) => store.get(key)));
      const run = async () => expect(await reads()).toEqual([...keys.map(() => null), "small"]);
      expect(await callsOf(run)).toEqual({ mget: 1, exists: 1, get: 1 });
    }));

  test("writes and absent keys do not tell that values are small", () =>
    over(async (store) => {
      for (let i = 0; i < 50; i++) {
        await store.set("a", "1");
        await store.get("absent");
      }
      expect(await callsOf(() => Promise.all([store.get("a"), store.get("a")]))).toEqual({
        get: 2,
      });
    }));

  test("large values are asked for one by one, and small ones together again", () =>
    over(async (store) => {
      await getToKnow(store);
      const large = "x".repeat(2 * 1024 * 1024);
      await Promise.all(["l1", "l2", "l3"].map((key) => store.set(key, large)));
      await store.get("l1");
      const reads = () => Promise.all(["l1", "l2", "l3"].map((key) => store.get(key)));
      const calls = await callsOf(async () => expect(await reads()).toEqual([large, large, large]));
      expect(calls).toEqual({ get: 3 });
      await getToKnow(store);
      expect(await callsOf(() => Promise.all([store.get("known"), store.get("known")]))).toEqual({
        mget: 1,
      });
    }));

  test("a user who may not MGET and MSET, or not all keys, is served command by command", async () => {
    const user = { name: "u", password: "p", rules: "~a* +@all -mget -mset" };
    await over(
      async (store) => {
        await getToKnow(store.scope("a"));
        for (let round = 0; round < 3; round++) {
          await Promise.all([store.set("a1", "1"), store.set("a2", "2")]);
          expect(await Promise.all([store.get("a1"), store.get("a2")])).toEqual(["1", "2"]);
        }
      },
      { user },
    );
    await over(
      async (store, to) => {
        const written = await Promise.allSettled([store.set("a1", "1"), store.set("b", "2")]);
        expect(written).toMatchObject([
          { status: "fulfilled" },
          { reason: { code: "UNAVAILABLE", key: "b" } },
        ]);
        expect(await to.ask("GET", "a1")).toBe("1");
        expect(await codeOf(store.get("b"))).toBe("UNAVAILABLE");
      },
      { user: { ...user, rules: "~a* +@all" } },
    );
  });

  test("of a batch that is refused nothing is written, and each is told why", () =>
    over(async (store, to) => {
      await to.ask("CONFIG", "SET", "maxmemory", "1");
      const written = await Promise.allSettled(keys.map((key) => store.set(key, "1")));
      for (const [i, key] of keys.entries()) {
        expect(written[i]).toMatchObject({ reason: { code: "OUT_OF_MEMORY", key } });
      }
      expect(await to.ask("DBSIZE")).toBe("0");
    }, {}));

  test("one server of a cluster is asked key by key", () =>
    over(
      async (store, to) => {
        await to.ask("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
        await eventually("the cluster serves", async () =>
          (await to.ask("CLUSTER", "INFO")).includes("cluster_state:ok"),
        );
        await Promise.all(keys.map((key) => store.set(key, key)));
        await getToKnow(store);
        expect(await Promise.all(keys.map((key) => store.get(key)))).toEqual(keys);
      },
      { settings: ["--cluster-enabled", "yes"] },
    ));

  test("a read that is abandoned takes none of its batch along", () =>
    over(async (store) => {
      await getToKnow(store);
      const abort = new AbortController();
      const reads = [
        store.get("known"),
        failureOf(store.get("known", { signal: abort.signal })),
        store.get("known"),
      ];
      abort.abort();
      expect(await Promise.all(reads)).toMatchObject(["small", { code: "TIMEOUT" }, "small"]);
    }));
});

// No Redis does that; a proxy before several may.
describe("a batch of which a part may have been carried out", () => {
  const proxied = (replyTo: (words: readonly string[]) => unknown): KvStore => {
    const client = {
      isOpen: true,
      isReady: true,
      on() {},
      async sendCommand(words: readonly string[]) {
        const reply = replyTo(words);
        if (reply instanceof Error) throw reply;
        return reply;
      },
    };
    return redisKvStore({ redis: client as RedisClient });
  };
  const failed = () => new Error("ERR finished with 1 error(s)");

  test("has written what can be read, and of the rest nobody knows", async () => {
    const asked: string[] = [];
    const store = proxied(([name = "", , , key = ""]) => {
      asked.push(name);
      if (name === "mset") return failed();
      return name.startsWith("eval") && key.endsWith("a") ? [Buffer.from("1"), -1] : null;
    });
    const written = await Promise.allSettled([store.set("a", "1"), store.set("b", "2")]);
    expect(written).toMatchObject([
      { status: "fulfilled" },
      { reason: { code: "OUTCOME_UNKNOWN", key: "b" } },
    ]);
    expect(asked).not.toContain("set");
  });

  test("is read again, key by key", async () => {
    const store = proxied(([name, key]) => {
      if (name === "mget") return [Buffer.from("1")];
      return Buffer.from(`${key}`);
    });
    await getToKnow(store);
    expect(await Promise.all([store.get("a"), store.get("b")])).toEqual(["a", "b"]);
  });
});
