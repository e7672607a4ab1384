// `npm run dev`: README's session gives what README says, and the data outlives a restart.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { namedKeys } from "../conformance/suite.ts";
import { textOf } from "../conformance/values.ts";
import { checkout, type DevServer, startDevServer } from "./dev-server.ts";
import { performSession, readmeSession } from "./readme-session.ts";

const auth = { Authorization: "Bearer kvista-dev" };

let folder = "";
let server: DevServer | null = null;

function serving(): DevServer {
  if (server === null) throw new Error("the server is not running");
  return server;
}

// What must be as it was: the checkout's own data and secrets.
function ownFiles(): string {
  const [state, secrets] = [join(checkout, ".wrangler/state"), join(checkout, ".dev.vars")];
  const files = existsSync(state)
    ? readdirSync(state, { recursive: true, encoding: "utf8" }).map((name) => {
        const { mtimeMs, size } = statSync(join(state, name));
        return `${name} ${mtimeMs} ${size}`;
      })
    : [];
  return JSON.stringify([files.sort(), existsSync(secrets) ? readFileSync(secrets, "utf8") : null]);
}

describe("npm run dev", () => {
  const before = ownFiles();
  const hadSecrets = existsSync(join(checkout, ".dev.vars"));

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "kvista-dev-"));
    server = await startDevServer({ persistTo: join(folder, "state") });
  });

  afterAll(async () => {
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test("prints a line to try", () => {
    const { output, port } = serving();
    expect(output).toContain(
      `curl -H 'Authorization: Bearer kvista-dev' http://localhost:${port}/v1/kv/keys/`,
    );
  });

  test("serves every store", async () => {
    const health = await serving().fetch("/healthz");
    expect(await health.json()).toMatchObject({ status: "ok", stores: ["kv", "do", "memory"] });
  });

  test("gives in README's session what README says", async () => {
    const shown = readmeSession();
    expect(shown.length).toBeGreaterThan(10);
    const commands = shown.map(({ command }) => command);
    expect(await performSession(commands, serving().port)).toEqual(shown);
  });

  test("does what its printed line says", async () => {
    const tried = serving()
      .output.split("\n")
      .filter((line) => line.startsWith("  curl "));
    const performed = await performSession(
      tried.map((line) => line.trim()),
      serving().port,
    );
    expect(performed.map(({ output }) => output)).toEqual(["", "hello"]);
  });

  test("refuses a request without a token, and one with a wrong token", async () => {
    for (const headers of [
      {},
      { Authorization: "Bearer wrong" },
      { Authorization: "Basic a3Zpc3Rh" },
    ]) {
      const answer = await serving().fetch("/v1/kv/keys/upload:1", { headers });
      expect(answer.status).toBe(401);
      expect(answer.headers.get("WWW-Authenticate")).toMatch(/^Bearer/);
      expect(await answer.json()).toMatchObject({ code: "UNAUTHORIZED" });
    }
  });

  test.each(["kv", "do"])(
    "keeps every key of the suite in %s, through a real connection",
    async (store) => {
      const known = { namespaceBytes: "real/".length, kept: new Map(), eachKey: null };
      for (const { name, key } of namedKeys) {
        // Behind a prefix of their own, so that a key of two dots or a slash stands in the middle too.
        const path = `/v1/${store}/keys/${encodeURIComponent(`real/${textOf(key, known)}`)}`;
        const put = await serving().fetch(path, { method: "PUT", headers: auth, body: name });
        expect([name, put.status]).toEqual([name, 204]);
        const got = await serving().fetch(path, { headers: auth });
        expect([got.status, await got.text()]).toEqual([200, name]);
      }
      const listed = await serving().fetch(`/v1/${store}/keys?prefix=real/&limit=1000`, {
        headers: auth,
      });
      const { keys } = (await listed.json()) as { keys: string[] };
      expect(keys.toSorted()).toEqual(
        namedKeys.map(({ key }) => `real/${textOf(key, known)}`).toSorted(),
      );
    },
  );

  test("finds its data again after a restart", async () => {
    const expiring = { method: "PUT", headers: auth, body: "soon gone" };
    for (const store of ["kv", "do"]) {
      const path = `/v1/${store}/keys/expires-while-down?ttl=1`;
      expect((await serving().fetch(path, expiring)).status).toBe(204);
    }
    // It lives a second, counted from the next whole one.
    const goneAtMs = Date.now() + 2000;
    const { port } = serving();
    expect(await serving().stop()).toBe(true);
    await expect(fetch(`http://localhost:${port}/healthz`)).rejects.toThrow();
    server = null;
    server = await startDevServer({ persistTo: join(folder, "state") });
    for (const [path, value] of [
      ["/v1/kv/keys/upload:1", '{"name":"cat.png","offset":0}'],
      ["/v1/do/keys/upload:2", '{"name":"dog.png","offset":1024}'],
    ] as const) {
      const answer = await server.fetch(path, { headers: auth });
      expect([answer.status, await answer.text()]).toEqual([200, value]);
    }
    for (const [store, keys] of [
      ["kv", ["upload:1"]],
      ["do", ["upload:2"]],
    ] as const) {
      const listed = await server.fetch(`/v1/${store}/keys?prefix=upload:`, { headers: auth });
      expect(await listed.json()).toEqual({ keys, cursor: null });
      // A machine may be so fast that it has not expired yet.
      await new Promise((resolve) => setTimeout(resolve, goneAtMs - Date.now()));
      const gone = await server.fetch(`/v1/${store}/keys/expires-while-down`, { headers: auth });
      expect(gone.status).toBe(404);
    }
    // A memory store forgets with its process; that it is served says nothing else.
    expect((await server.fetch("/v1/memory/keys", { headers: auth })).status).toBe(200);
  });

  test("leaves the checkout's own data and secrets as they were", () => {
    const after = ownFiles();
    if (hadSecrets) expect(after).toBe(before);
    else expect(JSON.parse(after)[0]).toEqual(JSON.parse(before)[0]);
  });
});

describe("npm run dev without KVISTA_TOKENS", () => {
  let open: DevServer | null = null;
  let empty = "";

  beforeAll(async () => {
    empty = await mkdtemp(join(tmpdir(), "kvista-dev-"));
    const envFile = join(empty, "no-secrets");
    await writeFile(envFile, "# nothing\n");
    open = await startDevServer({ persistTo: join(empty, "state"), envFile });
  });

  afterAll(async () => {
    await open?.stop();
    await rm(empty, { recursive: true, force: true });
  });

  test.each(["GET", "PUT", "DELETE"])(
    "answers %s with 503 and says what to set",
    async (method) => {
      const body = method === "PUT" ? { body: "x" } : {};
      const answer = await open?.fetch("/v1/kv/keys/a", { method, headers: auth, ...body });
      expect(answer?.status).toBe(503);
      const problem = (await answer?.json()) as { code: string; detail: string; hint: string };
      expect(problem.code).toBe("NOT_CONFIGURED");
      expect(`${problem.detail} ${problem.hint}`).toMatch(/KVISTA_TOKENS.*wrangler secret put/s);
    },
  );
});
