// What a row of traits says of a store behind the HTTP front, whichever store it is.
import { type Case, reasonsByTrait } from "./runner.ts";
import { everyStep, type Step } from "./suite.ts";

/**
 * What HTTP tells in another way: `ttl` is the query's name of it, and an entity tag that is no
 * version of ours is as good as any other, but matches nothing.
 */
export function adaptToHttp(step: Step): Step {
  const { says, ...rest } = step;
  if (says === "ttlSeconds") return { ...rest, says: "ttl" };
  if (step.fails !== "INVALID_ARGUMENT") return step;
  const [, options] = Array.isArray(step.delete) ? step.delete : [];
  const version = step.compareAndSet?.[1] ?? step.patch?.[2]?.version ?? options?.version;
  const isTag = typeof version === "string" && !version.includes('"');
  return isTag ? { ...rest, fails: "VERSION_MISMATCH" } : step;
}

const byTrait = reasonsByTrait({
  malformed: "HTTP cannot express it",
  oneBatch: "a request takes 100 keys",
  close: "HTTP has nothing to close",
  order: "requests that are sent at once are concurrent",
});

/** Why HTTP cannot run a case, if it cannot. */
export function leftOutOverHttp(one: Case): string | null {
  const steps = everyStep(one.steps);
  if (steps.some(({ diagnose }) => diagnose)) return "HTTP has no request for it";
  if (steps.some(({ in: inner = "/" }) => !inner.endsWith("/"))) {
    return "namespaces: a token's ends in a slash";
  }
  return byTrait(one);
}
