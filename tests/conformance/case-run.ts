// One case on one store: its steps in order, each held against what it expects.
import type { Capabilities } from "../../bindings/contract/contract.ts";
import type { Clock } from "./clock.ts";
import { faultOf, show, told, unsupportedFault } from "./expectation.ts";
import { type Got, prepare, type TestedStore } from "./perform.ts";
import { type Capability, type Case, operationOf, type Step, type Text } from "./suite.ts";
import type { Known } from "./values.ts";

/** Opens the backend of a case under a namespace. */
export type Open = (keyNamespace: string) => TestedStore | Promise<TestedStore>;

/**
 * How a case is run. `lacking`: up to the first step that needs a capability which the store lacks,
 * and that step must fail with `UNSUPPORTED`. `having`: the case is for stores that lack something;
 * up to the first step that expects it missing, which must not find it so.
 */
export type Manner = "plain" | "lacking" | "having";

export type RunOptions = {
  readonly open: Open;
  readonly capabilities: Capabilities;
  /** The namespace of the case's own. */
  readonly keyNamespace: string;
  readonly eachKey: Text | null;
  readonly clock: Clock;
  readonly manner: Manner;
  /** How long each of the case's seconds is, in seconds. */
  readonly scale: number;
  /** The step as this store has it, where it words or tells a failure in another way. */
  readonly adapt?: ((step: Step) => Step) | undefined;
};

const encoder = new TextEncoder();

/** Runs the case; throws an error that names the step, what it expected and what it got. */
export async function runCase(one: Case, options: RunOptions): Promise<void> {
  const run = new CaseRun(one, options);
  try {
    await run.steps();
  } finally {
    await run.close();
  }
}

class CaseRun {
  readonly #case: Case;
  readonly #options: RunOptions;
  readonly #stores = new Map<string, TestedStore>();
  readonly #kept = new Map<string, string>();
  readonly #beganMs = Date.now();

  constructor(one: Case, options: RunOptions) {
    this.#case = one;
    this.#options = options;
  }

  async steps(): Promise<void> {
    const { manner } = this.#options;
    for (const [i, step] of this.#case.steps.entries()) {
      const decides = manner !== "plain" && this.#decides(step);
      const fault = decides ? await this.#decisiveFault(step) : await this.#fault(step);
      if (fault !== null) {
        throw new Error(`${this.#case.name}: step ${i + 1}, ${show(step)}: ${fault}`);
      }
      if (decides) return;
    }
    if (manner !== "plain") throw new Error(`${this.#case.name}: no step decides it`);
  }

  async close(): Promise<void> {
    for (const store of this.#stores.values()) await store.close();
  }

  async #fault(step: Step): Promise<string | null> {
    switch (operationOf(step)) {
      case "advanceSeconds":
        await this.#options.clock.advance(step.advanceSeconds ?? 0);
        return null;
      case "together":
        return this.#togetherFault(step);
      default:
        return this.#gotFault(step, await (await this.#prepared(step))());
    }
  }

  async #togetherFault({ together = [], succeed }: Step): Promise<string | null> {
    const prepared = await Promise.all(together.map((step) => this.#prepared(step)));
    const all = await Promise.all(prepared.map((start) => start()));
    if (succeed !== undefined) {
      const succeeded = all.filter(({ ok }) => ok).length;
      if (succeeded === succeed) return null;
      return `expected ${succeed} to succeed, got ${succeeded}: ${all.map(told).join(", ")}`;
    }
    for (const [i, step] of together.entries()) {
      const fault = await this.#gotFault(step, all[i] as Got);
      if (fault !== null) return `${show(step)}: ${fault}`;
    }
    return null;
  }

  async #gotFault(step: Step, got: Got): Promise<string | null> {
    const { adapt, capabilities } = this.#options;
    const expected = adapt?.(step) ?? step;
    const fault = await faultOf(expected, got, this.#known(step), capabilities.orderedPages);
    if (fault === null && step.as !== undefined && got.ok) {
      const { version, cursor } = got.value as { version?: string; cursor?: string | null };
      this.#kept.set(step.as, (step.page === undefined ? version : cursor) ?? "");
    }
    return fault;
  }

  // Of a step that decides the case in another manner than the plain one.
  async #decisiveFault(step: Step): Promise<string | null> {
    for (const one of step.together ?? [step]) {
      const got = await (await this.#prepared(one))();
      const fault =
        this.#options.manner === "lacking" ? lackingFault(one, got) : havingFault(one, got);
      if (fault !== null) return fault;
    }
    return null;
  }

  #decides(step: Step): boolean {
    if (step.together !== undefined) return step.together.some((one) => this.#decides(one));
    if (this.#options.manner === "lacking") {
      return neededBy(step).some((capability) => !this.#options.capabilities[capability]);
    }
    return expectsMissing(step);
  }

  async #prepared(step: Step): Promise<() => Promise<Got>> {
    const inner = step.in ?? "";
    let store = this.#stores.get(inner);
    if (store === undefined) {
      store = await this.#options.open(this.#options.keyNamespace + inner);
      this.#stores.set(inner, store);
    }
    return prepare(step, store, this.#known(step));
  }

  #known(step: Step): Known {
    const namespace = this.#options.keyNamespace + (step.in ?? "");
    return {
      namespaceBytes: encoder.encode(namespace).length,
      kept: this.#kept,
      eachKey: this.#options.eachKey,
      scale: this.#options.scale,
      beganMs: this.#beganMs,
    };
  }
}

/** The capabilities that a step itself makes use of. */
export function neededBy(step: Step): Capability[] {
  const operation = operationOf(step);
  const options = [step.set?.[2], step.compareAndSet?.[3], step.patch?.[2]];
  if (Array.isArray(step.delete)) options.push(step.delete[1]);
  if (Array.isArray(step.setMany)) options.push(...step.setMany.map(([, , given]) => given));
  const expires = options.some(
    (one) => one?.ttlSeconds !== undefined || one?.expiresAt !== undefined,
  );
  const compares = operation === "delete" && options.some((one) => one?.version !== undefined);
  return [
    ...(operation === "compareAndSet" || compares ? (["compareAndSet"] as const) : []),
    ...(operation === "patch" ? (["patch"] as const) : []),
    ...(expires ? (["expiry"] as const) : []),
    ...(step.together ?? []).flatMap(neededBy),
  ];
}

/** Whether a step expects its store to lack something. */
export function expectsMissing(step: Step): boolean {
  if (step.diagnose !== undefined) return step.gives !== undefined;
  return (
    step.fails === "UNSUPPORTED" ||
    (Array.isArray(step.gives) && step.gives.includes("UNSUPPORTED"))
  );
}

function lackingFault(step: Step, got: Got): string | null {
  // What is wrong in itself may be told first.
  if (step.fails !== undefined && !got.ok && got.error.code === step.fails) return null;
  if (step.setMany === undefined) return unsupportedFault(got);
  const outcomes = got.ok ? (got.value as readonly Got[]) : [got];
  return outcomes.some((one) => unsupportedFault(one) === null)
    ? null
    : `expected an UNSUPPORTED outcome, got ${told(got)}`;
}

function havingFault(step: Step, got: Got): string | null {
  if (!got.ok) return `expected success of a store that can, got ${told(got)}`;
  if (step.diagnose !== undefined) {
    const names = got.value as readonly string[];
    const wrong = (step.gives as readonly string[]).filter((name) => names.includes(name));
    return wrong.length === 0 ? null : `expected no finding ${show(wrong)}, got ${show(names)}`;
  }
  const outcomes = step.setMany === undefined ? [] : (got.value as readonly Got[]);
  const failed = outcomes.find(({ ok }) => !ok);
  return failed === undefined ? null : `expected success, got ${told(failed)}`;
}
