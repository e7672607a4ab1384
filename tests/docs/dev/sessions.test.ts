// What the pages of docs/ show over HTTP, against `npm run dev`: their sessions, the tokens, and the request
// to a deployed Worker. README's session is tested in tests/dev.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DevServer, startDevServer } from "../../dev/dev-server.ts";
import { performSession, shownIn } from "../../dev/readme-session.ts";
import { commandsIn, wayOf } from "../support/commands.ts";
import { allBlocks } from "../support/pages.ts";

type Token = { readonly token: string; readonly namespace: string; readonly access: string };

const blocks = allBlocks();
const sessions = blocks.filter(({ page, kind }) => kind === "console" && page !== "README.md");
// The array has the tokens; the objects are a batch and its answer.
const shownJson: unknown[] = blocks
  .filter(({ page, kind }) => page === "docs/http.md" && kind === "json")
  .map(({ text }) => JSON.parse(text));
const tokens = shownJson.filter((shown) => Array.isArray(shown)).flat() as Token[];
const batch = shownJson.filter((shown) => !Array.isArray(shown));

let folder = "";
let server: DevServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kvista-docs-"));
  const all = [{ token: "kvista-dev", namespace: "", access: "write" }, ...tokens];
  const envFile = join(folder, "secrets");
  await writeFile(envFile, `KVISTA_TOKENS='${JSON.stringify(all)}'\n`);
  server = await startDevServer({ persistTo: join(folder, "state"), envFile });
});

afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

test.each(sessions.map((block) => [`${block.page}:${block.line}`, block] as const))(
  "the session of %s gives what it shows",
  async (_, block) => {
    const shown = shownIn(block.text);
    expect(shown.length).toBeGreaterThan(0);
    const commands = shown.map(({ command }) => command);
    expect(await performSession(commands, server.port)).toEqual(shown);
  },
);

test("the batch of docs/http.md gives the answer that it shows", async () => {
  expect(batch).toHaveLength(2);
  const [request, shown] = batch;
  const headers = { Authorization: "Bearer kvista-dev", "Content-Type": "application/json" };
  const body = JSON.stringify(request);
  const answer = await server.fetch("/v1/do/batch", { method: "POST", headers, body });
  // Another moment of expiry, a number as the one that is shown.
  const moments = (key: string, value: unknown) =>
    key === "expiresAt" && value !== null ? typeof value : value;
  const withoutMoments = (json: unknown) => JSON.parse(JSON.stringify(json, moments));
  expect(withoutMoments(await answer.json())).toEqual(withoutMoments(shown));
});

describe("the tokens of docs/http.md", () => {
  const path = "/v1/do/keys/of-a-token";
  const as = ({ token }: Token) => ({ Authorization: `Bearer ${token}` });
  const [writer, reader] = tokens;

  test("one writes, the other only reads, and both see one namespace", async () => {
    if (writer === undefined || reader === undefined) throw new Error("there are no two tokens");
    const put = await server.fetch(path, { method: "PUT", headers: as(writer), body: "{}" });
    expect(put.status).toBe(204);
    const got = await server.fetch(path, { headers: as(reader) });
    expect(await got.text()).toBe("{}");
    const refused = await server.fetch(path, { method: "PUT", headers: as(reader), body: "x" });
    expect([refused.status, await refused.json()]).toMatchObject([403, { code: "FORBIDDEN" }]);
    const whole = { Authorization: "Bearer kvista-dev" };
    const listed = await server.fetch("/v1/do/keys?prefix=tenant-a/", { headers: whole });
    expect(await listed.json()).toEqual({ keys: ["tenant-a/of-a-token"], cursor: null });
  });
});

test("the request to a deployed Worker does what docs/deploying.md says", async () => {
  const commands = blocks
    .flatMap(({ page, kind, text }) => (kind === "sh" ? commandsIn(page, text) : []))
    .filter((one) => wayOf(one) === "served")
    .map(({ text }) =>
      text
        .replace("https://kvista.YOUR-SUBDOMAIN.workers.dev", "http://localhost:8787")
        .replace("Bearer …", "Bearer kvista-dev")
        .replace("curl", "curl -s"),
    );
  expect(commands).toHaveLength(1);
  expect((await performSession(commands, server.port)).map(({ output }) => output)).toEqual([""]);
  const headers = { Authorization: "Bearer kvista-dev" };
  expect(await (await server.fetch("/v1/do/keys/greeting", { headers })).text()).toBe("hello");
});
