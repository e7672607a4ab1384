// The conformance suite over clients of real Redis servers.
import { afterAll, inject } from "vitest";
import { contractTable } from "../../conformance/contract-table.ts";
import { reasonsByTrait, runConformance } from "../../conformance/runner.ts";
import { partOf } from "../../tiers.ts";
import { type Opened, quickAmong } from "./redis-clients.ts";

// Why the order of writes that are started together is not asked of a client.
const unordered: readonly [name: RegExp, reason: string][] = [
  [/pool/, "commands of a pool go by several connections"],
  [
    /cluster of ioredis .* with every option/,
    "a cluster of ioredis refuses batches of automatic pipelining at times, and each command of one is sent anew by itself",
  ],
];

/** Registers the suite for those of the clients that the tier has; all use that server. */
export async function runOver<Server>(
  server: Server,
  clients: { readonly [name: string]: (server: Server) => Promise<Opened> },
): Promise<void> {
  for (const [name, connect] of Object.entries(
    partOf(inject("tier"), clients, quickAmong(clients)),
  )) {
    const opened = await connect(server);
    afterAll(() => opened.close());
    const order = unordered.find(([clients]) => clients.test(name))?.[1];
    runConformance({
      name: `the store over ${name}`,
      capabilities: contractTable[opened.store.name as "redis" | "ioredis" | "redis-like"],
      backend: async (use) => {
        await use((keyNamespace) => opened.store.scope(keyNamespace));
      },
      isShared: true,
      ...(order !== undefined && { leavesOut: reasonsByTrait({ order }) }),
      clock: "real",
    });
  }
}
