// The hosts over real Redis clients, and the host suite over them.
import { afterAll, describe, test } from "vitest";
import type { Host } from "../../../bindings/operation/host.ts";
import { ioRedisHostOf } from "../../../bindings/stores/redis/ioredis-host.ts";
import { RedisHost } from "../../../bindings/stores/redis/redis-host.ts";
import data from "../../conformance/host-redis.json" with { type: "json" };
import { eventually } from "./redis-server.ts";
import { RedisSteps, type Servers, type Suite } from "./redis-steps.ts";

type Client = {
  on(event: "error", listen: () => void): unknown;
  connect(): Promise<unknown>;
  destroy(): unknown;
};
type IoClient = {
  readonly status: string;
  on(event: "error", listen: () => void): unknown;
  disconnect(): unknown;
};
type Opened = { readonly host: Host; close(): unknown };

/** Over a client of `@redis/client`, which it connects. `senderOf` is that of its kind. */
export async function overRedis<T>(
  client: Client & T,
  senderOf: (client: T) => ConstructorParameters<typeof RedisHost>[0],
): Promise<Opened> {
  client.on("error", () => {});
  await client.connect();
  return { host: new RedisHost(senderOf(client)), close: () => client.destroy() };
}

/** Over a client of ioredis, when it is connected. */
export async function overIoRedis(redis: IoClient): Promise<Opened> {
  redis.on("error", () => {});
  await eventually("the client is ready", () => redis.status === "ready");
  return { host: ioRedisHostOf(redis as never), close: () => redis.disconnect() };
}

/** The suite's cases of a cluster, or those of a server that stands alone, over each of the hosts. */
export function testHosts(
  opened: { readonly [name: string]: Opened },
  servers: Servers,
  isCluster: boolean,
): void {
  afterAll(() => Object.values(opened).map((one) => one.close()));
  const suite = data as unknown as Suite;
  const cases = suite.cases.filter(({ cluster }) => (cluster === true) === isCluster);
  describe.each(Object.entries(opened))("%s", (_, client) => {
    for (const { name, steps } of cases) {
      test(name, async () => {
        const run = new RedisSteps(client.host, servers, suite);
        // Another client's case may have started the server again.
        await run.connected();
        for (const step of steps) await run.step(step);
      });
    }
  });
}
