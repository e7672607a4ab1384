// createKvStore over TLS as an ACL user, to a server, a cluster and a master behind sentinels, with either
// client. The authority of a test is one that a process trusts if it is started so, which is why each
// session is a process.
import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, test } from "vitest";
import { RedisCluster, RedisSentinels, RedisServer } from "../support/redis-server.ts";

const run = promisify(execFile);
const actor = resolve(import.meta.dirname, "../support/secured-session.ts");

const options = {
  tls: true,
  password: "the default's own",
  user: {
    name: "app/1",
    password: "p@ss:w/rd",
    rules: "~* +@read +@write +@scripting +@connection +info +cluster",
  },
} as const;
const login = `${encodeURIComponent(options.user.name)}:${encodeURIComponent(options.user.password)}`;
const hostsOf = (ports: readonly number[]) => ports.map((port) => `127.0.0.1:${port}`).join(",");

const server = await RedisServer.start(options);
afterAll(() => server[Symbol.asyncDispose]());
const cluster = await RedisCluster.start(options);
afterAll(() => cluster[Symbol.asyncDispose]());
const sentinels = await RedisSentinels.start({ ...options, sentinelPassword: "guard/1" });
afterAll(() => sentinels[Symbol.asyncDispose]());

const settings = {
  rediss: { setting: server.url, trusts: server },
  "rediss-cluster": {
    setting: `rediss-cluster://${login}@${hostsOf(cluster.ports.slice(0, 2))}`,
    trusts: cluster.servers[0],
  },
  "rediss-sentinel": {
    setting:
      `rediss-sentinel://${login}@${hostsOf(sentinels.sentinelPorts)}/${sentinels.masterName}` +
      "?sentinelPassword=guard/1",
    trusts: sentinels.servers[0],
  },
};

/** What a process tells that opens the store with the other client not installed. */
async function session(setting: string, without: string, caFile?: string): Promise<unknown> {
  const env = {
    ...process.env,
    KVISTA_STORE: setting,
    ...(caFile !== undefined && { NODE_EXTRA_CA_CERTS: caFile }),
  };
  const expected = caFile === undefined ? ["refused"] : [];
  const { stdout } = await run(process.execPath, [actor, without, ...expected], { env });
  return JSON.parse(stdout);
}

const clients = [
  ["ioredis", "ioredis", "@redis/client"],
  ["@redis/client", "redis", "ioredis"],
] as const;

// Side by side: they wait for processes that start.
describe.each(clients)("over %s", { concurrent: true }, (_, name, absent) => {
  test.each(Object.entries(settings))("%s: serves those who trust it", async (_kind, to) => {
    const caFile = to.trusts?.certificates?.caFile;
    expect(await session(to.setting, absent, caFile)).toEqual({
      name,
      listed: 20,
      value: '{"n":1}',
      findings: expect.arrayContaining(["configuration-hidden"]),
    });
  });

  test.each(Object.entries(settings))("%s: is not used by others", async (_kind, to) => {
    expect(await session(to.setting, absent)).toMatchObject({
      code: "UNAVAILABLE",
      // Some clients tell the reason, and the others that they are not connected.
      message: expect.stringMatching(/certificate|not connected.*127\.0\.0\.1:/),
      hint: expect.stringContaining("TLS"),
    });
  });
});
