// A clock that leaps to a deadline, for what an operation tells that was refused until then. A real deadline would have to
// leave a slow machine the time to ask once more and to tell; this one comes when the test says so, and the timer of the
// operation itself does not ring.
import { expect } from "vitest";
import type { KvStore } from "../../../bindings/contract/contract.ts";
import { KvError } from "../../../bindings/contract/errors.ts";
import { inTime, patienceMs } from "../../patience.ts";
import { eventually } from "./redis/process.ts";

/** A call whose deadline comes by leap alone. */
export type Leaping = typeof inTime;

/**
 * Starts operations with the deadline that it hands out, and once `isDue` has resolved, has that deadline come. The clock
 * is this process's: nothing else may go by it meanwhile.
 */
export async function atDeadline<T>(
  start: (call: Leaping) => Promise<T>,
  isDue: () => Promise<unknown> = aWhile,
): Promise<T> {
  const realNow = Date.now;
  // Operations of one turn hand timers on, and that of an earlier deadline would ring.
  await new Promise((resolve) => setImmediate(resolve));
  const told = start(inTime);
  const deadlineMs = realNow() + inTime.deadlineMs;
  // It is awaited below.
  told.catch(() => {});
  try {
    await isDue();
    const aheadMs = Math.max(0, deadlineMs - realNow());
    Date.now = () => realNow() + aheadMs;
    return await told;
  } finally {
    Date.now = realNow;
  }
}

// Most have asked by then. What has not yet, asks once more for that.
function aWhile(): Promise<unknown> {
  return new Promise((resolve) => setTimeout(resolve, 50));
}

// With a second and a half, each client but a slow machine's knows; what takes longer is shown.
const usualMs = 1600;

/**
 * Resolves when what reads of that store fail with says that: its client has learnt it by then. Until then a read may only
 * end with its deadline, or say that the backend is not reached.
 */
export async function isTold(said: RegExp, store: KvStore): Promise<void> {
  let deadlineMs = 100;
  let lastMs = 0;
  await eventually(`a read fails and says ${said}`, async () => {
    lastMs = deadlineMs;
    deadlineMs = Math.min(2 * deadlineMs, patienceMs);
    const error = await store
      .get("asked", { deadlineMs: lastMs })
      .catch((thrown: unknown) => thrown);
    if (error instanceof KvError && said.test(`${error.message}; ${error.hint}`)) return true;
    expect(error).toMatchObject({ code: expect.stringMatching(/^(?:TIMEOUT|UNAVAILABLE)$/) });
    return false;
  });
  if (lastMs > usualMs) console.warn(`a read had ${lastMs} ms until it said ${said}`);
}
