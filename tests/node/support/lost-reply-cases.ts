// What a store over any client tells when answers never arrive: proxies drop them, or cut the
// connections that they come by.
import { describe, expect, test } from "vitest";
import type { Call, KvStore } from "../../../bindings/contract/contract.ts";
import { codeOf } from "./failing.ts";
import { atDeadline } from "./leap.ts";
import type { Opened } from "./redis-clients.ts";
import { eventually } from "./redis-server.ts";
import { TcpProxies } from "./tcp-proxies.ts";

/** Servers of a test file, and a client that reaches them through proxies alone. */
export type Proxied = {
  /** Of the servers that take commands. */
  readonly ports: readonly number[];
  /** A command past the proxies, to whichever server has its key. */
  ask(...command: readonly string[]): Promise<string>;
  connect(proxies: TcpProxies): Promise<Opened>;
  /** The client itself keeps commands until it has a connection for them. */
  readonly queues?: boolean;
};

let stores = 0;

export function lostReplyCases(
  name: string,
  { ports, ask, connect, queues = false }: Proxied,
): void {
  const over = async (
    use: (store: KvStore, proxies: TcpProxies, fullKey: (key: string) => string) => Promise<void>,
  ) => {
    await using proxies = await TcpProxies.start(ports);
    const { store, close } = await connect(proxies);
    stores += 1;
    const namespace = `lost ${stores}/`;
    try {
      await use(store.scope(namespace), proxies, (key) => namespace + key);
    } finally {
      await close();
    }
  };
  /** A key with a value, of which the scripts that it will need are known to its server. */
  const seed = async (store: KvStore, key: string, value: string) => {
    const { version } = await store.set(key, "{}");
    await store.entry(key);
    return store.compareAndSet(key, version, value);
  };

  describe(name, () => {
    // Side by side: they wait for clients to connect again.
    test.concurrent("a conditional write whose answer was lost is never a version mismatch", () =>
      over(async (store, proxies, fullKey) => {
        const { version } = await seed(store, "a", "old");
        proxies.loseReplies(fullKey("a"));
        await store.compareAndSet("a", version, "new");
        expect(await ask("GET", fullKey("a"))).toBe("new");
      }));

    test.concurrent("nor is one whose repetitions are lost too, and what is read to settle it", () =>
      over(async (store, proxies, fullKey) => {
        const { version } = await seed(store, "a", "old");
        proxies.loseReplies(fullKey("a"), 3);
        await store.compareAndSet("a", version, "new");
        expect(await ask("GET", fullKey("a"))).toBe("new");
      }));

    test.concurrent("what another has written behind a write whose answer was lost leaves it unknown", () =>
      over(async (store, proxies, fullKey) => {
        const { version } = await seed(store, "a", "old");
        const lost = Promise.withResolvers<Promise<void>>();
        proxies.loseReplies(fullKey("a"), 1, () => lost.resolve(proxies.refuse()));
        const written = Promise.allSettled([store.compareAndSet("a", version, "mine")]);
        // A promise resolves with another only when that has.
        await lost.promise;
        expect(await ask("GET", fullKey("a"))).toBe("mine");
        await ask("SET", fullKey("a"), "another's");
        await proxies.accept();
        const reason = { code: "OUTCOME_UNKNOWN", retryable: false };
        expect(await written).toMatchObject([{ status: "rejected", reason }]);
        expect(await ask("GET", fullKey("a"))).toBe("another's");
      }));

    test.concurrent("a creation whose answer was lost is found done", () =>
      over(async (store, proxies, fullKey) => {
        proxies.loseReplies(fullKey("b"));
        await store.compareAndSet("b", null, "mine", { ttlSeconds: 100 });
        expect(await ask("GET", fullKey("b"))).toBe("mine");
      }));

    test.concurrent("a set and a delete whose answers were lost are found done", () =>
      over(async (store, proxies, fullKey) => {
        proxies.loseReplies(fullKey("c"));
        await store.set("c", "1");
        expect(await ask("GET", fullKey("c"))).toBe("1");
        proxies.loseReplies(fullKey("c"));
        await store.delete("c");
        expect(await ask("EXISTS", fullKey("c"))).toBe("0");
      }));

    test.concurrent("a patch whose answer was lost is applied once", () =>
      over(async (store, proxies, fullKey) => {
        await seed(store, "d", '{"n":1,"m":2}');
        const before = (await store.entry("d"))?.version;
        proxies.loseReplies(fullKey("d"));
        const { value } = await store.patch("d", { n: 2 });
        expect(value).toBe('{"n":2,"m":2}');
        expect(await ask("GET", fullKey("d"))).toBe(value);
        expect((await store.entry("d"))?.version).not.toBe(before);
      }));

    test.concurrent("each key of a batch whose answers were lost is settled by itself", () =>
      over(async (store, proxies, fullKey) => {
        const items = Array.from({ length: 10 }, (_unused, i) => ({ key: `e${i}`, value: `${i}` }));
        proxies.loseReplies(fullKey("e"));
        const outcomes = await store.setMany(items);
        expect(outcomes.map(({ ok }) => ok)).toEqual(items.map(() => true));
        for (const { key, value } of items) expect(await ask("GET", fullKey(key))).toBe(value);
      }));

    test.concurrent("a read, a list and a batch of reads whose answers were lost are made again", () =>
      over(async (store, proxies, fullKey) => {
        await store.set("f", "1");
        for (const read of [
          async () => [await store.get("f")],
          async () => [(await store.entry("f"))?.value],
          async () => await store.getMany(["f"]),
        ]) {
          proxies.loseReplies(fullKey("f"));
          expect(await read()).toEqual(["1"]);
        }
        proxies.loseReplies("scan");
        expect(await store.list()).toEqual(["f"]);
      }));

    test.concurrent("silent servers hold nobody past the deadline, and are used again when they speak", () =>
      over(async (store, proxies) => {
        const { version } = await seed(store, "a", "{}");
        proxies.dropReplies();
        const soon = { deadlineMs: 300 };
        const answers = await Promise.allSettled([
          store.get("a", soon),
          store.entry("a", soon),
          store.getMany(["a", "b"], soon),
          store.list("", soon),
          store.patch("a", { n: 1 }, soon),
          store.set("b", "1", soon),
          store.delete("c", soon),
          store.compareAndSet("a", version, "1", soon),
          store.setMany([{ key: "d", value: "1" }], soon),
        ]);
        const unread = { reason: { code: "TIMEOUT", retryable: true } };
        const unknown = { reason: { code: "OUTCOME_UNKNOWN", retryable: false } };
        expect(answers).toMatchObject([
          ...[unread, unread, unread, unread, unread],
          ...[unknown, unknown, unknown, unknown],
        ]);
        proxies.cut();
        proxies.passReplies();
        // A read waits for the connection; a write may be on its way before the client notices.
        await store.get("a");
        await store.set("e", "1");
        expect(await store.get("e")).toBe("1");
      }));

    test.concurrent("each answer is that to its own question when connections were cut amid questions", () =>
      over(async (store, proxies) => {
        const keys = Array.from({ length: 10 }, (_unused, i) => `k${i}`);
        await store.setMany(keys.map((key) => ({ key, value: key })));
        for (let round = 0; round < 3; round++) {
          // A client may write at the end of a turn in which it learns, before that, of its loss.
          await new Promise((resolve) => setTimeout(resolve, 1));
          proxies.cut();
          expect(await Promise.all(keys.map((key) => store.get(key)))).toEqual(keys);
        }
      }));

    test("what was not sent while nobody answered is not sent later", () =>
      over(async (store, proxies, fullKey) => {
        await store.set("h", "1");
        await proxies.refuse();
        // The client has to notice, or the write is one whose answer is lost.
        const codeOfRead = () => codeOf(store.get("h", { deadlineMs: 200 }));
        if (queues) expect(["TIMEOUT", "UNAVAILABLE"]).toContain(await codeOfRead());
        const hasNoticed = async () => (await codeOfRead()) === "UNAVAILABLE";
        if (!queues) await eventually("the client notices", hasNoticed);
        const late = (call: Call) => codeOf(store.set("g", "late", call));
        const code = await (queues ? late({ deadlineMs: 500 }) : atDeadline(late));
        // Of what lies in a queue nobody knows whether it has left.
        expect(queues ? ["UNAVAILABLE", "OUTCOME_UNKNOWN"] : ["UNAVAILABLE"]).toContain(code);
        await proxies.accept();
        await store.get("h");
        await store.set("h", "2");
        expect(code === "UNAVAILABLE" ? [""] : ["", "late"]).toContain(
          await ask("GET", fullKey("g")),
        );
      }));
  });
}
