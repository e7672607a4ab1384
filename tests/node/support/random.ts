// Random numbers from a seed that is printed, so that a failure can be run again: KVISTA_SEED=… vitest run …

export type Random = {
  /** In [0, 1). */
  (): number;
  /** A whole number from 0 to `below` - 1. */
  below(below: number): number;
};

/** mulberry32 (Tommy Ettinger, public domain). */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
  return Object.assign(next, { below: (below: number) => Math.floor(next() * below) });
}

/** A new seed each time, unless KVISTA_SEED names one. */
export function printedRandom(what: string): Random {
  const named = Number(process.env.KVISTA_SEED);
  const seed = Number.isInteger(named) && named > 0 ? named : Math.floor(Math.random() * 2 ** 32);
  console.log(`${what}: KVISTA_SEED=${seed}`);
  return randomFrom(seed);
}
