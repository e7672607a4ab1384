// A master that is killed under load, and the sentinels' failover.
import { expect, test } from "vitest";
import { report, setAtLast, underLoad } from "../support/load.ts";
import { sentinelClients } from "../support/redis-clients.ts";
import { RedisSentinels } from "../support/redis-server.ts";

for (const [name, connect] of Object.entries(sentinelClients)) {
  test(`a failover under load, over ${name}`, async () => {
    await using sentinels = await RedisSentinels.start({ appendOnly: true, downAfterMs: 5000 });
    const { store, close } = await connect(sentinels);
    const tally = await underLoad(store, async () => {
      const master = await sentinels.master();
      await master.kill();
      await sentinels.promotionAfter(master);
      await setAtLast(store, "after", "1");
    });
    report(`${name}, a failover`, tally);
    expect(tally.acknowledged).toBeGreaterThan(100);
    expect(tally.falseMismatches).toBe(0);
    // Replication is asynchronous: what the dead master alone had is lost, by Redis's own account.
    expect(tally.lost).toBeLessThan(tally.acknowledged / 10);
    expect(await store.get("after")).toBe("1");
    await close();
  });
}
