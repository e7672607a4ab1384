// The gateway when Redis fails it: what a caller of the deployed Worker is told, and that the next
// operation finds the server again.
import { describe, expect, test } from "vitest";
import { KvError } from "../../../bindings/contract/errors.ts";
import { serviceKvStore } from "../../../bindings/rpc/service-kv-store.ts";
import { patient } from "../../patience.ts";
import { eventually, freePort, RedisServer } from "../support/redis-server.ts";
import { TcpProxy } from "../support/tcp-proxy.ts";
import { TestWorker } from "../support/worker.ts";

const path = "/v1/redis/keys/k";

type Problem = { readonly code: string; readonly detail: string; readonly hint: string };

async function problemOf(answer: Response): Promise<Problem & { status: number }> {
  expect(answer.headers.get("Content-Type")).toBe("application/problem+json");
  return { ...(await answer.json<Problem>()), status: answer.status };
}

async function put(worker: TestWorker, body: string, headers = {}): Promise<number> {
  return (await worker.ask("PUT", path, { body, headers })).status;
}

async function textOf(worker: TestWorker): Promise<string> {
  const answer = await worker.ask("GET", path);
  return answer.status === 200 ? answer.text() : `${answer.status}`;
}

describe("the gateway", () => {
  test("finds a server again that was killed and restarted, with all that was acknowledged", async () => {
    await using server = await RedisServer.start({ appendOnly: true });
    await using worker = await TestWorker.start({ REDIS_URL: server.url });
    expect(await put(worker, "first")).toBe(204);
    const store = patient(serviceKvStore({ service: worker.service, store: "redis" }));
    for (const round of ["second", "third"]) {
      await server.kill();
      const gone = await store.get("k", { deadlineMs: 300 }).catch((error: KvError) => error);
      expect(gone).toBeInstanceOf(KvError);
      expect((gone as KvError).code).toMatch(/UNAVAILABLE|TIMEOUT/);
      await server.restart();
      expect(await textOf(worker)).toBe(round === "second" ? "first" : "second");
      expect(await put(worker, round)).toBe(204);
    }
    expect(await textOf(worker)).toBe("third");
  });

  test("loses no acknowledged write when the server is killed under load", async () => {
    await using server = await RedisServer.start({ appendOnly: true });
    await using worker = await TestWorker.start({ REDIS_URL: server.url });
    const acknowledged = new Map<string, string>();
    let writes = 0;
    const statuses = new Set<number>();
    let isOver = false;
    const writer = async (name: string) => {
      for (let i = 0; !isOver; i++) {
        const key = `${name}-${i % 20}`;
        const value = `${i}`;
        const answer = await worker.ask("PUT", `/v1/redis/keys/${key}`, { body: value });
        await answer.body?.cancel();
        statuses.add(answer.status);
        if (answer.status === 204) {
          acknowledged.set(key, value);
          writes += 1;
        } else {
          // What may have been written, or not, may be found there as well.
          acknowledged.delete(key);
        }
      }
    };
    const writers = Array.from({ length: 8 }, (_, i) => writer(`w${i}`));
    const getOn = () => {
      const enough = writes + 20;
      return eventually("the writers get on", () => writes >= enough);
    };
    for (let i = 0; i < 3; i++) {
      await getOn();
      await server.restart();
    }
    await getOn();
    isOver = true;
    await Promise.all(writers);
    let lost = 0;
    for (const [key, value] of acknowledged) {
      const answer = await worker.ask("GET", `/v1/redis/keys/${key}`);
      if ((await answer.text()) !== value) lost += 1;
    }
    console.log(`${writes} writes acknowledged, ${acknowledged.size} keys looked at, ${lost} lost`);
    expect(acknowledged.size).toBeGreaterThan(0);
    expect(lost).toBe(0);
    // Done, not known, or refused: and nothing else.
    for (const status of statuses) expect([204, 500, 503, 504]).toContain(status);
  });

  test("settles a conditional write whose reply was lost, whatever the reply was", async () => {
    await using server = await RedisServer.start();
    await using proxy = await TcpProxy.start(server.port);
    await using worker = await TestWorker.start({ REDIS_URL: `redis://127.0.0.1:${proxy.port}` });
    let { headers } = await worker.ask("PUT", path, { body: "zero" });
    // The first one's reply is that the server does not know the script.
    for (const value of ["one", "two"]) {
      const version = headers.get("ETag") ?? "";
      proxy.loseNextReply();
      const put = await worker.ask("PUT", path, { body: value, headers: { "If-Match": version } });
      expect(put.status).toBe(204);
      expect(await server.ask("GET", "k")).toBe(value);
      headers = put.headers;
    }
    expect(await textOf(worker)).toBe("two");
    expect(proxy.connections).toBe(3);
  });

  test("ends an operation at its deadline when the server is silent, and goes on after", async () => {
    await using server = await RedisServer.start();
    await using worker = await TestWorker.start({ REDIS_URL: server.url });
    const store = patient(serviceKvStore({ service: worker.service, store: "redis" }));
    await store.set("k", "v");
    server.process.pause();
    const codeOf = (error: KvError) => error.code;
    const read = store.get("k", { deadlineMs: 300 }).catch(codeOf);
    const write = store.set("k", "w", { deadlineMs: 300 }).then(() => "ok", codeOf);
    expect(await Promise.all([read, write])).toEqual(["TIMEOUT", "OUTCOME_UNKNOWN"]);
    server.process.resume();
    expect(await store.get("k")).toMatch(/^[vw]$/);
  });

  test("says where nobody listens", async () => {
    const port = await freePort();
    await using worker = await TestWorker.start({ REDIS_URL: `redis://127.0.0.1:${port}` });
    const problem = await problemOf(await worker.ask("GET", path));
    expect(problem).toMatchObject({ status: 503, code: "UNAVAILABLE" });
    expect(problem.detail + problem.hint).toContain(`127.0.0.1:${port}`);
    expect(problem.hint).toContain("redis-cli");
  });

  test("says that the password is wrong, and never what it is", async () => {
    await using server = await RedisServer.start({ password: "right" });
    const wrong = `redis://:hunter2@127.0.0.1:${server.port}`;
    await using worker = await TestWorker.start({ REDIS_URL: wrong });
    const answer = await worker.ask("GET", path);
    const problem = await problemOf(answer);
    expect(problem).toMatchObject({ status: 503, code: "UNAVAILABLE" });
    expect(problem.detail + problem.hint).toMatch(/password/i);
    expect(JSON.stringify(problem)).not.toContain("hunter2");
    expect(worker.logged.join()).toContain("WRONGPASS");
    expect(worker.logged.join()).not.toContain("hunter2");
  });

  test("says what is wrong with a REDIS_URL that is none, and never what it is", async () => {
    for (const url of ["hunter2", "redis://:hunter2@", "memory:", "redis://:hunter2@a:b"]) {
      await using worker = await TestWorker.start({ REDIS_URL: url });
      const problem = await problemOf(await worker.ask("GET", path));
      expect(problem).toMatchObject({ status: 503, code: "UNAVAILABLE" });
      expect(problem.detail).toContain("REDIS_URL");
      expect(JSON.stringify(problem)).not.toContain("hunter2");
    }
  });

  test.each(["KVISTA_REDIS_SHARDS", "KVISTA_REDIS_QUEUE", "KVISTA_REDIS_IDLE_SECONDS"])(
    "says that %s is none",
    async (variable) => {
      for (const value of ["0", "-1", "many", ""]) {
        const env = { REDIS_URL: "redis://127.0.0.1:1", [variable]: value };
        await using worker = await TestWorker.start(env);
        const problem = await problemOf(await worker.ask("GET", path));
        expect(problem).toMatchObject({ status: 503, code: "UNAVAILABLE" });
        expect(problem.detail).toContain(variable);
      }
    },
  );

  test("is not configured without REDIS_URL: its routes are 404 and say what to set", async () => {
    await using worker = await TestWorker.start({});
    const problem = await problemOf(await worker.ask("GET", path));
    expect(problem).toMatchObject({ status: 404, code: "UNKNOWN_STORE" });
    expect(problem.hint).toMatch(/KVISTA_REDIS.*REDIS_URL/);
    const health = await worker.ask("GET", "/healthz");
    expect((await health.json<{ stores: string[] }>()).stores).toEqual(["do"]);
    const told = await worker.service.perform("redis", "", "get", ["k", {}]);
    expect(told).toMatchObject({ ok: false, error: { code: "UNSUPPORTED" } });
    expect(JSON.stringify(told)).toContain("REDIS_URL");
  });
});
