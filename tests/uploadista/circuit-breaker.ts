// Uploadista's circuit breaker over a base store, as far as it uses the store: one record for each type
// of node, read, changed and written back whole.
import { Effect } from "effect";
import type { BaseKvStore, UploadistaError } from "./core.ts";

export type BreakerState = {
  readonly state: "closed" | "open" | "half-open";
  readonly failureCount: number;
  readonly halfOpenSuccesses: number;
  readonly lastStateChange: number;
  readonly windowStart: number;
};

const prefix = "uploadista:circuit-breaker:";

export function circuitBreakerStore(base: BaseKvStore) {
  const getState = (nodeType: string): Effect.Effect<BreakerState | null, UploadistaError> =>
    Effect.gen(function* () {
      const text = yield* base.get(prefix + nodeType);
      if (text === null) return null;
      try {
        return JSON.parse(text) as BreakerState;
      } catch {
        // What cannot be read is dropped.
        yield* base.delete(prefix + nodeType);
        return null;
      }
    });
  const setState = (nodeType: string, state: BreakerState) =>
    base.set(prefix + nodeType, JSON.stringify(state));

  return {
    getState,
    setState,
    incrementFailures: (nodeType: string, windowDuration: number) =>
      Effect.gen(function* () {
        const now = Date.now();
        const known = yield* getState(nodeType);
        const state: BreakerState = known ?? {
          state: "closed",
          failureCount: 0,
          halfOpenSuccesses: 0,
          lastStateChange: now,
          windowStart: now,
        };
        const isOver = now - state.windowStart > windowDuration;
        const failureCount = isOver ? 1 : state.failureCount + 1;
        const windowStart = isOver ? now : state.windowStart;
        yield* setState(nodeType, { ...state, failureCount, windowStart });
        return failureCount;
      }),
    resetFailures: (nodeType: string) =>
      Effect.gen(function* () {
        const state = yield* getState(nodeType);
        if (state !== null) yield* setState(nodeType, { ...state, failureCount: 0 });
      }),
    // It takes the keys of a list for types of node, and asks for each.
    getAllStats: () =>
      Effect.gen(function* () {
        const stats = new Map<string, BreakerState>();
        if (base.list === undefined) return stats;
        for (const nodeType of yield* base.list(prefix)) {
          const state = yield* getState(nodeType);
          if (state !== null) stats.set(nodeType, state);
        }
        return stats;
      }),
    delete: (nodeType: string) => base.delete(prefix + nodeType),
  };
}
