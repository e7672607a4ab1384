// The packed package in an empty project, installed by each package manager: its types, a program in
// Node, and a Worker.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ServerProcess } from "../dev/server-process.ts";
import { onFreePort, RedisServer } from "../node/support/redis-server.ts";
import { managers } from "./support/managers.ts";
import { asInCheckout, Project } from "./support/project.ts";
import { checkTypes, resolutions } from "./support/types.ts";

const peers = ["ioredis", "@redis/client", "effect"].map(asInCheckout);
const types = ["@types/node", "@cloudflare/workers-types"].map(asInCheckout);
const minimumNode = "22.12.0";
const record = '{"offset":1024}';
const begun = '{"offset":0}';

let redis: RedisServer;
beforeAll(async () => {
  redis = await RedisServer.start();
});
afterAll(async () => {
  await redis?.[Symbol.asyncDispose]();
});

const programFiles = ["node.ts", "worker.ts", "wrangler.toml"];

/** What the program for Node prints, run by a command. */
async function runProgram(project: Project, ...command: [string, ...string[]]): Promise<unknown> {
  await redis.ask("FLUSHALL");
  const env = { REDIS_URL: redis.url, DIRECTORY: `${project.folder}/data-${command.length}` };
  return JSON.parse(await project.runWith(env, ...command));
}

const readBack = [record, ["upload:1"]];
const expected = {
  read: {
    memory: readBack,
    redis: readBack,
    ioredis: readBack,
    filesystem: readBack,
    "createKvStore, memory": readBack,
    "createKvStore, Redis": readBack,
  },
  classesOfErrors: 1,
  isInstance: "INVALID_KEY",
  opens: ["function", "function"],
  // Uploadista's memory store lists whole keys.
  uploadista: [begun, ["upload:1"]],
  records: [[{ id: "1", offset: 2, storage: { id: "s", type: "text/plain" } }], null],
};

describe.each(["npm", "pnpm", "yarn"])("installed with %s", (name) => {
  let project: Project;
  beforeAll(async () => {
    project = await Project.make(...programFiles);
    // The oldest Node that the package runs on comes with one of the installations.
    const node = name === "npm" ? [`node@${minimumNode}`] : [];
    await managers[name]?.(project, [...peers, ...types, ...node]);
  });
  afterAll(() => project?.[Symbol.asyncDispose]());

  test.each(resolutions)("a program for Node type-checks with %s", async (resolution) => {
    const common = { file: "node.ts", resolution, lib: ["esnext"] };
    await checkTypes(project, { ...common, types: ["node"], outDir: `out-${resolution}` });
  });

  test.each(resolutions)("a Worker type-checks with %s", async (resolution) => {
    const common = { file: "worker.ts", resolution, lib: ["esnext"] };
    await checkTypes(project, { ...common, types: ["@cloudflare/workers-types"] });
  });

  test("the program runs in Node", async () => {
    const printed = await runProgram(project, "node", "out-nodenext/node.js");
    expect(printed).toMatchObject(expected);
  });

  if (name === "npm") {
    test("the program runs in the oldest Node that is named", async () => {
      const printed = await runProgram(project, "node_modules/.bin/node", "out-nodenext/node.js");
      expect(printed).toMatchObject({ node: `v${minimumNode}`, ...expected });
    });
  }

  test("the Worker is bundled and runs", async () => {
    const tokens = [{ token: "token", namespace: "", access: "write" }];
    const secrets = `KVISTA_TOKENS='${JSON.stringify(tokens)}'\nREDIS_URL='${redis.url}'\n`;
    await project.write(".dev.vars", secrets);
    await using server = await onFreePort((port) =>
      ServerProcess.start({
        command: ["wrangler", "dev", "--port", String(port), "--persist-to", "state"],
        cwd: project.folder,
        env: { WRANGLER_SEND_METRICS: "false" },
        port,
        healthPath: "/healthz",
      }),
    );
    const answer = await server.fetch("/");
    const readInWorker = [begun, ["upload:1"]];
    expect(await answer.json()).toEqual({
      read: {
        memory: readInWorker,
        "Workers KV": readInWorker,
        "Durable Objects": readInWorker,
        "Redis, through the gateway": readInWorker,
        createKvStore: readInWorker,
        "Workers KV, as Uploadista has it": [begun, ["1"]],
      },
      isInstance: "INVALID_KEY",
    });
    const headers = { Authorization: "Bearer token" };
    const front = await server.fetch("/v1/do/keys/upload%3A1", { headers });
    expect([front.status, await front.text()]).toEqual([200, begun]);
  });
});

test("the package names all that it imports: a program runs with yarn's plug and play", async () => {
  await using project = await Project.make("node.ts");
  await managers["yarn with plug and play"]?.(project, peers);
  expect(await runProgram(project, "yarn", "node", "node.ts")).toMatchObject(expected);
});
