// How a case lets time pass: by waiting for it, or by setting the clock that the core is told.
import { vi } from "vitest";
import type { Wait } from "../patience.ts";

export type Clock = {
  advance(seconds: number): Promise<void>;
};

/** The longest time that a case waits for. */
export const longestWaitSeconds = 2;

/**
 * A clock that is waited for, from the beginning of a second on: what lasts a second outlives it by nearly one. Each of
 * the case's seconds takes `scale` of those.
 */
export async function waitingClock(scale: number, wait: Wait): Promise<Clock> {
  await wait(1000 - (Date.now() % 1000));
  return {
    advance: (seconds) => {
      if (seconds <= longestWaitSeconds) return wait(seconds * scale * 1000);
      throw new Error(`nobody waits ${seconds} s`);
    },
  };
}

/**
 * `Date.now` stands still while `body` runs, but for what the case lets pass. It is everybody's in
 * this process or isolate, so only one case at a time may have it.
 */
export async function withFrozenClock(body: (clock: Clock) => Promise<void>): Promise<void> {
  let now = Date.now();
  const frozen = vi.spyOn(Date, "now").mockImplementation(() => now);
  try {
    await body({
      advance: async (seconds) => {
        now += seconds * 1000;
      },
    });
  } finally {
    frozen.mockRestore();
  }
}

/** For cases in which no time passes. */
export const runningClock: Clock = {
  advance: () => Promise.reject(new Error('a case that advances time lacks the trait "clock"')),
};
