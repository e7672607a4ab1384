// Runs the suite over one store: each case is a test of the case's name. A case that the store has
// not the capabilities for is run up to the step that shows it. One that cannot be run at all is
// skipped, and the name of its group says why.
import { describe, test } from "vitest";
import type { Capabilities, KvStore } from "../../bindings/contract/contract.ts";
import { patient, whileItLives } from "../patience.ts";
import { expectsMissing, type Manner, neededBy, type Open, runCase } from "./case-run.ts";
import {
  type Clock,
  longestWaitSeconds,
  runningClock,
  waitingClock,
  withFrozenClock,
} from "./clock.ts";
import {
  type Case,
  everyStep,
  namedKeys,
  type Step,
  subjects,
  type Text,
  type Trait,
} from "./suite.ts";

export type { Open } from "./case-run.ts";
export type { Case } from "./suite.ts";

/** A store's row of traits. */
export type Row = {
  /** In the names of the tests. */
  readonly name: string;
  readonly capabilities: Capabilities;
  /** Hands the backend of one case to `use`, and takes it back when `use` has ended. */
  readonly backend: (use: (open: Open) => Promise<void>) => Promise<void>;
  /** Cases share the backend: each gets a namespace of its own. */
  readonly isShared: boolean;
  /** What a case leaves behind is deleted, for a shared backend that has not room for all of it. */
  readonly isEmptied?: boolean;
  /**
   * `waits`: up to 2 s are waited for, so that the backend's own clock has its say. `frozen`: only the
   * core's clock is set. `real`: as `waits`, but the clock is another process's and cannot be set.
   */
  readonly clock: "waits" | "frozen" | "real";
  /** Cases without large values run side by side, for a store that makes its callers wait. */
  readonly isSlow?: boolean;
  /** What a step is to expect of this store, where it words or tells a failure in another way. */
  readonly adapt?: (step: Step) => Step;
  /** Why the store cannot run a case at all, if it cannot. */
  readonly leavesOut?: (one: Case) => string | null;
};

/** A reason for each trait that a store cannot serve. */
export function reasonsByTrait(
  reasons: { readonly [trait in Trait]?: string },
): (one: Case) => string | null {
  return ({ traits = [] }) => {
    const [trait] = traits.filter((name) => reasons[name] !== undefined);
    return trait === undefined ? null : `${trait}: ${reasons[trait]}`;
  };
}

type Variant = { readonly name: string; readonly eachKey: Text | null; readonly one: Case };

let namespaces = 0;

/** Registers the tests of every case for the store of that row. */
export function runConformance(row: Row): void {
  describe(`${row.name} keeps the contract`, () => {
    for (const { subject, cases } of subjects) {
      describe(subject, () => {
        for (const one of inTurn(row, cases)) register(row, one);
      });
    }
  });
}

// Tests that run side by side must stand together, else Vitest has each wait for its neighbour.
function inTurn(row: Row, cases: readonly Case[]): Case[] {
  return [...cases].sort((a, b) => Number(runsBeside(row, a)) - Number(runsBeside(row, b)));
}

function register(row: Row, one: Case): void {
  const manner = mannerOf(row, one);
  const reason = row.leavesOut?.(one) ?? ownReason(row, one, manner);
  if (reason !== null) {
    describe(`left out, ${reason}`, () => {
      test.skip(one.name);
    });
    return;
  }
  const add = runsBeside(row, one) ? test.concurrent : test;
  for (const variant of variantsOf(one)) add(variant.name, () => run(row, variant, manner));
}

function mannerOf(row: Row, { needs = [], lacks = [] }: Case): Manner {
  if (needs.some((capability) => !row.capabilities[capability])) return "lacking";
  return lacks.some((capability) => row.capabilities[capability]) ? "having" : "plain";
}

// What no runner can do for any store of such capabilities or such a clock.
function ownReason(row: Row, one: Case, manner: Manner): string | null {
  const steps = everyStep(one.steps);
  const missing = (one.needs ?? []).filter((capability) => !row.capabilities[capability]);
  if (
    manner === "lacking" &&
    !steps.some((step) => neededBy(step).some((c) => missing.includes(c)))
  ) {
    return `no step of it shows that the store lacks ${missing.join(" and ")}`;
  }
  if (manner === "having" && !steps.some(expectsMissing)) return "no step of it shows a lack";
  if (row.clock === "real" && secondsOf(one) > longestWaitSeconds) {
    return `clock: it takes ${secondsOf(one)} s`;
  }
  return null;
}

function runsBeside(row: Row, one: Case): boolean {
  // What makes much work would make the others miss their deadlines.
  const isHeavy = one.traits?.some((trait) => trait === "large" || trait === "many");
  if (isHeavy || freezes(row, one, mannerOf(row, one))) return false;
  return secondsOf(one) > 0 || (row.isSlow ?? false);
}

function waitsIn(row: Row, one: Case): boolean {
  return row.clock !== "frozen" && secondsOf(one) <= longestWaitSeconds;
}

function freezes(row: Row, one: Case, manner: Manner): boolean {
  return secondsOf(one) > 0 && !(manner === "plain" && waitsIn(row, one));
}

function secondsOf(one: Case): number {
  return everyStep(one.steps).reduce((sum, step) => sum + (step.advanceSeconds ?? 0), 0);
}

function variantsOf(one: Case): Variant[] {
  if (one.forEach === undefined) return [{ name: one.name, eachKey: null, one }];
  return namedKeys.map(({ name, key }) => ({ name: `${one.name}: ${name}`, eachKey: key, one }));
}

async function run(row: Row, variant: Variant, manner: Manner): Promise<void> {
  const runWith = (clock: Clock, scale = 1) => runOnce(row, variant, manner, clock, scale);
  if (freezes(row, variant.one, manner)) return withFrozenClock(runWith);
  if (secondsOf(variant.one) === 0) return runWith(runningClock);
  // What lives a second has to be looked at within it. On a slow machine the case's seconds are longer.
  await whileItLives(1, async (scale, wait) => runWith(await waitingClock(scale, wait), scale));
}

async function runOnce(
  row: Row,
  { eachKey, one }: Variant,
  manner: Manner,
  clock: Clock,
  scale: number,
): Promise<void> {
  namespaces += 1;
  const keyNamespace = row.isShared ? `c${namespaces}/` : "";
  const { capabilities, adapt } = row;
  await row.backend(async (openPlain) => {
    const open: Open = async (namespace) => patient(await openPlain(namespace));
    const options = { open, capabilities, keyNamespace, eachKey, manner, adapt, clock, scale };
    await runCase(one, options);
    if (row.isEmptied) await empty(await open(keyNamespace));
  });
}

async function empty(store: KvStore): Promise<void> {
  const keys = await store.list();
  // As many as a batch takes.
  for (let at = 0; at < keys.length; at += 1000) await store.deleteMany(keys.slice(at, at + 1000));
  await store.close();
}
