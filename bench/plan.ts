// How a run measures: how long, over how much data, and with its progress on standard error.
import { alternate, type Contender, type Measured, type Pace } from "./measure.ts";

export class RunPlan {
  /** Short samples over a tenth of the data, to see that all works: its figures mean nothing. */
  readonly isQuick: boolean;
  readonly #startedAt = performance.now();

  constructor(isQuick: boolean) {
    this.isQuick = isQuick;
  }

  /** A row's amounts of data: so much, ten times, and a hundred times as much. */
  amounts(least: number): readonly [number, number, number] {
    const from = this.isQuick ? Math.ceil(least / 10) : least;
    return [from, from * 10, from * 100];
  }

  /** A number of repetitions that a quick run cuts. */
  repetitions(count: number): number {
    return this.isQuick ? Math.ceil(count / 10) : count;
  }

  measure(what: string, contenders: readonly Contender[], pace: Pace = {}): Promise<Measured[]> {
    this.say(what);
    const { sampleMs = 40 } = pace;
    return alternate(
      contenders,
      this.isQuick ? { ...pace, rounds: 2, sampleMs: sampleMs / 8 } : pace,
    );
  }

  say(what: string): void {
    const seconds = Math.round((performance.now() - this.#startedAt) / 1000);
    console.error(`${String(seconds).padStart(5)} s  ${what}`);
  }
}
