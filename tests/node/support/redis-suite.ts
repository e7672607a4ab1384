// The conformance suite over clients of real Redis servers.
import { afterAll } from "vitest";
import { contractTable } from "../../conformance/contract-table.ts";
import { reasonsByTrait, runConformance } from "../../conformance/runner.ts";
import type { Opened } from "./redis-clients.ts";

/** Registers the suite for each of the clients, which all use that server. */
export async function runOver<Server>(
  server: Server,
  clients: { readonly [name: string]: (server: Server) => Promise<Opened> },
): Promise<void> {
  for (const [name, connect] of Object.entries(clients)) {
    const opened = await connect(server);
    afterAll(() => opened.close());
    runConformance({
      name: `the store over ${name}`,
      capabilities: contractTable[opened.store.name as "redis" | "ioredis" | "redis-like"],
      backend: async (use) => {
        await use((keyNamespace) => opened.store.scope(keyNamespace));
      },
      isShared: true,
      ...(name.includes("pool") && {
        leavesOut: reasonsByTrait({ order: "commands of a pool go by several connections" }),
      }),
      clock: "real",
    });
  }
}
