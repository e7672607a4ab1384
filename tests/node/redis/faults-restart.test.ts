// A server that is killed under load and started again over its append-only file.
import { expect, test } from "vitest";
import { report, underLoad } from "../support/load.ts";
import { standaloneClients } from "../support/redis-clients.ts";
import { RedisServer } from "../support/redis-server.ts";

for (const [name, connect] of Object.entries(standaloneClients)) {
  test(`kill -9 and a restart under load lose no acknowledged write of ${name}`, async () => {
    await using server = await RedisServer.start({ appendOnly: true });
    const { store, close } = await connect(server);
    const tally = await underLoad(store, async (getOn) => {
      for (let round = 0; round < 3; round++) {
        await server.restart();
        await getOn();
      }
    });
    report(`${name}, three restarts`, tally);
    expect(tally.acknowledged).toBeGreaterThan(100);
    expect(tally).toMatchObject({ lost: 0, lostIncrements: 0, falseMismatches: 0 });
    // What is told of a write that failed is that, or that nobody else was in its way.
    const told = ["OUTCOME_UNKNOWN", "VERSION_MISMATCH", "UNAVAILABLE", "TIMEOUT"];
    expect(told).toEqual(expect.arrayContaining(Object.keys(tally.failed)));
    await close();
  });
}
