// How the gateway uses its connections: one an object, closed when idle, bounded, and sharded.
import { describe, expect, test } from "vitest";
import { serviceKvStore } from "../../../bindings/rpc/service-kv-store.ts";
import { patient, whileItLives } from "../../patience.ts";
import { eventually, RedisServer } from "../support/redis-server.ts";
import { TestWorker } from "../support/worker.ts";

const keysAtOnce = 40;

// Those of the gateway, without the one that asks, which is the last.
async function connectionIds(server: RedisServer): Promise<string[]> {
  const list = await server.ask("CLIENT", "LIST", "TYPE", "normal");
  return [...list.matchAll(/^id=(\d+)/gm)].map(([, id = ""]) => id).slice(0, -1);
}

async function connections(server: RedisServer): Promise<number> {
  return (await connectionIds(server)).length;
}

function putMany(worker: TestWorker, count: number): Promise<Response[]> {
  const keys = Array.from({ length: count }, (_, i) => `k${i}`);
  return Promise.all(
    keys.map((key) => worker.ask("PUT", `/v1/redis/keys/${key}`, { body: `value of ${key}` })),
  );
}

describe("the gateway", () => {
  test("serves requests at once over one connection", async () => {
    await using server = await RedisServer.start();
    await using worker = await TestWorker.start({ REDIS_URL: server.url });
    const answers = await putMany(worker, keysAtOnce);
    expect(answers.map(({ status }) => status)).toEqual(Array(keysAtOnce).fill(204));
    expect(await connections(server)).toBe(1);
    expect(await server.ask("DBSIZE")).toBe(`${keysAtOnce}`);
  });

  test("closes its connection when idle, and opens another when it is wanted", async () => {
    await using server = await RedisServer.start();
    await using worker = await whileItLives(0.3, async (seconds) => {
      const env = { REDIS_URL: server.url, KVISTA_REDIS_IDLE_SECONDS: `${seconds}` };
      await using started = new AsyncDisposableStack();
      const worker = started.use(await TestWorker.start(env));
      await putMany(worker, 3);
      expect(await connections(server)).toBe(1);
      started.move();
      return worker;
    });
    for (let round = 0; round < 2; round++) {
      await eventually("the connection is closed", async () => (await connections(server)) === 0);
      const answers = await putMany(worker, 3);
      expect(answers.map(({ status }) => status)).toEqual([204, 204, 204]);
    }
    expect(await (await worker.ask("GET", "/v1/redis/keys/k0")).text()).toBe("value of k0");
  });

  test("can be evicted once it is idle, and the object in its place finds Redis again", async () => {
    await using server = await RedisServer.start();
    const env = { REDIS_URL: server.url, KVISTA_REDIS_IDLE_SECONDS: "0.2" };
    await using worker = await TestWorker.start(env);
    await putMany(worker, 1);
    await eventually("the connection is closed", async () => (await connections(server)) === 0);
    await worker.evictGateway();
    expect(await (await worker.ask("GET", "/v1/redis/keys/k0")).text()).toBe("value of k0");
  });

  test("keeps its connection while an operation takes longer than that", async () => {
    await using server = await RedisServer.start();
    await whileItLives(0.5, async (seconds, wait) => {
      const env = { REDIS_URL: server.url, KVISTA_REDIS_IDLE_SECONDS: `${seconds}` };
      await using worker = await TestWorker.start(env);
      await putMany(worker, 1);
      const [connection] = await connectionIds(server);
      server.process.pause();
      const slow = worker.ask("GET", "/v1/redis/keys/k0");
      await wait(3000 * seconds);
      server.process.resume();
      expect((await slow).status).toBe(200);
      expect(await connectionIds(server)).toEqual([connection]);
    });
  });

  test("refuses what its queue has no room for, at once, and serves the rest", async () => {
    await using server = await RedisServer.start();
    await using worker = await TestWorker.start({
      REDIS_URL: server.url,
      KVISTA_REDIS_QUEUE: "10",
    });
    await putMany(worker, 1);
    server.process.pause();
    const answers = Array.from({ length: 25 }, () => worker.ask("GET", "/v1/redis/keys/k0"));
    const refused: Response[] = [];
    let answered = 0;
    for (const answer of answers) {
      answer.then((one) => {
        answered += 1;
        if (one.status === 429) refused.push(one);
      });
    }
    // Those that are refused do not wait for those that are served.
    await eventually("15 are refused", () => refused.length >= 15 || answered === answers.length);
    server.process.resume();
    expect(refused).toHaveLength(15);
    const served = (await Promise.all(answers)).filter(({ status }) => status === 200);
    expect(served).toHaveLength(10);
    const problem = await refused[0]?.json<{ code: string; hint: string }>();
    expect(problem?.code).toBe("RATE_LIMITED");
    expect(problem?.hint).toContain("KVISTA_REDIS_SHARDS");
    expect(refused[0]?.headers.get("Retry-After")).toBe("1");
    expect((await worker.ask("GET", "/v1/redis/keys/k0")).status).toBe(200);
  });

  test("shards keys over objects with a connection each, and lists them all through one", async () => {
    await using server = await RedisServer.start();
    const env = { REDIS_URL: server.url, KVISTA_REDIS_SHARDS: "4" };
    await using worker = await TestWorker.start(env);
    await putMany(worker, keysAtOnce);
    expect(await connections(server)).toBe(4);
    const store = patient(serviceKvStore({ service: worker.service, store: "redis" }));
    expect(await store.list("k")).toHaveLength(keysAtOnce);
    const keys = Array.from({ length: keysAtOnce }, (_, i) => `k${i}`);
    expect(await store.getMany(keys)).toEqual(keys.map((key) => `value of ${key}`));
    expect(await connections(server)).toBe(4);
  });

  test("lists several thousand keys, once each, and pages through them", async () => {
    await using server = await RedisServer.start();
    await using worker = await TestWorker.start({ REDIS_URL: server.url });
    const fill =
      'for i = 1, 7000 do redis.call("SET", "p:" .. i, i) redis.call("SET", "q:" .. i, i) end';
    await server.ask("EVAL", fill, "0");
    const store = patient(serviceKvStore({ service: worker.service, store: "redis" }));
    const all = Array.from({ length: 7000 }, (_, i) => `p:${i + 1}`).sort();
    expect(await store.list("p:")).toEqual(all);
    const paged: string[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const from: string = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
      const answer = await worker.ask("GET", `/v1/redis/keys?prefix=p:&limit=500${from}`);
      const page: { keys: string[]; cursor: string | null } = await answer.json();
      paged.push(...page.keys);
      cursor = page.cursor;
    }
    expect([...new Set(paged)].sort()).toEqual(all);
  });

  test("carries large values, and every kind of text, to the byte", async () => {
    await using server = await RedisServer.start();
    await using worker = await TestWorker.start({ REDIS_URL: server.url });
    const texts = [
      "",
      "\ufeffmark first",
      "zero \0 inside",
      "é ü ß, 日本語, 🎉, \u{10ffff}",
      "\r\n+OK\r\n$3\r\nnot\r\n",
      `${"x".repeat(6 * 1024 * 1024)}€`,
      "€".repeat(8_000_000),
    ];
    for (const text of texts) {
      const put = await worker.ask("PUT", "/v1/redis/keys/large", { body: Buffer.from(text) });
      expect(put.status).toBe(204);
      const answer = await worker.ask("GET", "/v1/redis/keys/large");
      const bytes = Buffer.from(await answer.arrayBuffer());
      expect(bytes.equals(Buffer.from(text))).toBe(true);
      expect(answer.headers.get("ETag")).toBe(put.headers.get("ETag"));
    }
    const store = patient(serviceKvStore({ service: worker.service, store: "redis" }));
    const value = `${"x".repeat(12_000_000)}€`;
    const entries = [1, 2, 3].map((i) => ({ key: `many:${i}`, value: `${i}${value}` }));
    const written = await store.setMany(entries);
    expect(written.every(({ ok }) => ok)).toBe(true);
    for (const { key, value } of entries) expect((await store.get(key)) === value).toBe(true);
  });
});
