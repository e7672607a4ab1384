// Writers that go on while something happens to the servers, and the count of what they were told.
import type { KvStore } from "../../../bindings/contract/contract.ts";
import { KvError } from "../../../bindings/contract/errors.ts";
import { eventually } from "./redis/process.ts";

export type Tally = {
  /** Writes that were acknowledged. */
  readonly acknowledged: number;
  /** Acknowledged writes that are not there. */
  readonly lost: number;
  /** Acknowledged increments that a counter does not show. */
  readonly lostIncrements: number;
  /** Version mismatches that were told although the write had been carried out. */
  readonly falseMismatches: number;
  /** Writes that failed, by their codes. */
  readonly failed: { readonly [code: string]: number };
};

const writers = 8;
const writesToGetOn = 300;

/**
 * Runs writers while `happening` runs, and until they have got on before and after it, then reads what they wrote. With
 * `getOn` it waits until they have.
 */
export async function underLoad(
  store: KvStore,
  happening: (getOn: () => Promise<void>) => Promise<unknown>,
): Promise<Tally> {
  const acknowledged = new Map<string, string>();
  const failed: { [code: string]: number } = {};
  let increments = 0;
  let falseMismatches = 0;
  let isOver = false;
  const count = (error: unknown) => {
    if (!(error instanceof KvError)) throw error;
    failed[error.code] = (failed[error.code] ?? 0) + 1;
  };
  const write = async (writer: number) => {
    for (let i = 0; !isOver; i++) {
      const key = `w${writer}/${i}`;
      await store.set(key, `${i}`).then(() => acknowledged.set(key, `${i}`), count);
    }
  };
  // One counter that several change: a write that landed twice, or for another, would show.
  // Each value is its writer's own: of equal ones, a lost answer leaves open whose is there.
  const increment = async (writer: number) => {
    for (let i = 0; !isOver; i++) {
      let next = "";
      try {
        const now = await store.entry("counter");
        next = `${Number.parseInt(now?.value ?? "0", 10) + 1} by ${writer} in ${i}`;
        await store.compareAndSet("counter", now?.version ?? null, next);
        increments += 1;
      } catch (error) {
        count(error);
        if ((error as KvError).code !== "VERSION_MISMATCH") continue;
        if ((await store.get("counter").catch(() => null)) === next) falseMismatches += 1;
      }
    }
  };
  const getOn = () => {
    const enough = acknowledged.size + increments + writesToGetOn;
    return eventually("the writers get on", () => acknowledged.size + increments >= enough);
  };
  const all = [...Array.from({ length: writers }, (_, i) => write(i)), increment(1), increment(2)];
  try {
    await getOn();
    await happening(getOn);
    await getOn();
  } finally {
    isOver = true;
    await Promise.all(all);
  }
  let lost = 0;
  const entries = [...acknowledged];
  for (let at = 0; at < entries.length; at += 500) {
    const some = entries.slice(at, at + 500);
    const found = await store.getMany(some.map(([key]) => key));
    lost += some.filter(([, value], i) => found[i] !== value).length;
  }
  const total = Number.parseInt((await store.get("counter")) ?? "0", 10);
  return {
    acknowledged: acknowledged.size + increments,
    lost,
    lostIncrements: Math.max(0, increments - total),
    falseMismatches,
    failed,
  };
}

/** The tally in the output of the test, for the documents. */
export function report(what: string, tally: Tally): void {
  console.log(`${what}: ${JSON.stringify(tally)}`);
}

/** Sets a key until that is acknowledged: after a failover a client has to hear of it first. */
export async function setAtLast(store: KvStore, key: string, value: string): Promise<void> {
  await eventually("a write is acknowledged", async () => {
    try {
      await store.set(key, value);
      return true;
    } catch (error) {
      // Its connection may have been lost amid the write.
      if (error instanceof KvError && (error.retryable || error.code === "OUTCOME_UNKNOWN")) {
        return false;
      }
      throw error;
    }
  });
}
