// Whether what an operation came to is what its step expects, and if not, in which words.
import type { Outcome, Page, Written } from "../../bindings/contract/contract.ts";
import type { Got, Paged } from "./perform.ts";
import {
  type EntryGives,
  type Keys,
  type OutcomeGives,
  operationOf,
  type Step,
  type WrittenGives,
} from "./suite.ts";
import { type Known, keysOf, momentOf, textOf, versionOf } from "./values.ts";

/** What is wrong with `got`, or `null`. `ordered`: the store's pages are sorted and repeat no key. */
export async function faultOf(
  step: Step,
  got: Got,
  known: Known,
  ordered: boolean,
): Promise<string | null> {
  if (step.fails !== undefined) return failureFault(step, got);
  if (!got.ok) return `expected success, got ${told(got)}`;
  if (step.counts !== undefined) {
    const count = countOf(got.value);
    if (count !== step.counts) return `expected ${step.counts} of them, got ${count}`;
  }
  if (operationOf(step) === "pages") return pagesFault(step, got.value as Paged, known, ordered);
  if (step.gives === undefined) return null;
  const { gives } = step;
  switch (operationOf(step)) {
    case "get":
      return textFault(gives, got.value, known);
    case "list":
      return sameFault(keysOf(gives as Keys, known), got.value);
    case "page":
      return pageFault(gives as { keys?: Keys; more?: boolean }, got.value as Page, known);
    case "getMany": {
      const expected = gives as readonly unknown[];
      const values = got.value as readonly (string | null)[];
      if (expected.length !== values.length) return sameFault(expected, values);
      return firstFault(expected.map((one, i) => async () => textFault(one, values[i], known)));
    }
    case "setMany":
    case "deleteMany":
      return outcomesFault(gives as readonly OutcomeGives[], got.value, known);
    case "diagnose": {
      const names = got.value as readonly string[];
      const missing = (gives as readonly string[]).filter((name) => !names.includes(name));
      return missing.length === 0 ? null : `expected ${show(missing)} among ${show(names)}`;
    }
    default:
      return entryFault(gives as EntryGives | null, got.value, known);
  }
}

/** What is wrong with `got` if it is to be an `UNSUPPORTED` that tells what to do, or `null`. */
export function unsupportedFault(got: Got): string | null {
  return failureFault({ fails: "UNSUPPORTED" }, got);
}

/** What an operation came to, in a few words. */
export function told(got: Got): string {
  if (got.ok) return show(got.value);
  const { code, message, hint, cause } = got.error;
  const because = cause instanceof Error ? `, because of ${cause.message}` : "";
  return `${code} (${message}; ${hint})${because}`;
}

/** JSON, shortened; long texts by their ends and length. */
export function show(value: unknown): string {
  const text = JSON.stringify(value, (_, member) =>
    typeof member === "string" && member.length > 200
      ? `${member.slice(0, 40)}…${member.slice(-20)} (${member.length} UTF-16 units)`
      : member,
  );
  if (text === undefined) return String(value);
  return text.length > 1000 ? `${text.slice(0, 1000)}…` : text;
}

function failureFault({ fails, says }: Step, got: Got): string | null {
  if (got.ok) return `expected ${fails}, got ${told(got)}`;
  const { code, message, hint } = got.error;
  if (code !== fails) return `expected ${fails}, got ${told(got)}`;
  if (hint === "") return `expected ${fails} with a hint, got none (${message})`;
  if (says === undefined || message.includes(says)) return null;
  return `expected a message with ${show(says)}, got ${told(got)}`;
}

function countOf(value: unknown): number {
  if (!Array.isArray(value)) return (value as Paged).keys.length;
  return value.filter((one) => {
    if (typeof one === "object" && one !== null && "ok" in one) return one.ok;
    return one !== null;
  }).length;
}

function pagesFault(step: Step, paged: Paged, known: Known, ordered: boolean): string | null {
  if (ordered && paged.faults.length > 0) return paged.faults.join("; ");
  const keys = ordered ? paged.keys : [...new Set(paged.keys)].sort(byUtf8);
  return step.gives === undefined ? null : sameFault(keysOf(step.gives as Keys, known), keys);
}

function pageFault(
  gives: { readonly keys?: Keys; readonly more?: boolean },
  page: Page,
  known: Known,
): string | null {
  const keys = gives.keys === undefined ? null : sameFault(keysOf(gives.keys, known), page.keys);
  if (keys !== null) return keys;
  const more = page.cursor !== null;
  if (gives.more === undefined || gives.more === more) return null;
  return `expected ${gives.more ? "a cursor" : "no cursor"}, got ${show(page.cursor)}`;
}

async function outcomesFault(
  gives: readonly OutcomeGives[],
  value: unknown,
  known: Known,
): Promise<string | null> {
  const outcomes = value as readonly Outcome<Written | undefined>[];
  if (outcomes.length !== gives.length) {
    return `expected ${gives.length} outcomes, got ${outcomes.length}`;
  }
  return firstFault(
    gives.map((expected, i) => async () => {
      const one = outcomes[i] as Outcome<Written | undefined>;
      const fault = await outcomeFault(expected, one, known);
      return fault === null ? null : `outcome ${i}: ${fault}`;
    }),
  );
}

async function outcomeFault(
  expected: OutcomeGives,
  outcome: Outcome<Written | undefined>,
  known: Known,
): Promise<string | null> {
  const got: Got = outcome;
  if (expected === "ok") return got.ok ? null : `expected success, got ${told(got)}`;
  if (typeof expected === "string") return failureFault({ fails: expected }, got);
  return got.ok
    ? entryFault(expected, got.value, known)
    : `expected ${show(expected)}, got ${told(got)}`;
}

async function entryFault(
  gives: EntryGives | null,
  value: unknown,
  known: Known,
): Promise<string | null> {
  if (gives === null || value === null || value === undefined) return sameFault(gives, value);
  const got = value as Written & { readonly value?: string };
  if (gives.value !== undefined) {
    const fault = textFault(gives.value, got.value, known);
    if (fault !== null) return `value: ${fault}`;
  }
  return writtenFault(gives, got, known);
}

async function writtenFault(
  { version, expiresAt }: WrittenGives,
  got: Written,
  known: Known,
): Promise<string | null> {
  if (version !== undefined) {
    const fault = sameFault(await versionOf(version, known), got.version);
    if (fault !== null) return `version: ${fault}`;
  }
  if (expiresAt === undefined) return null;
  if (expiresAt === null || got.expiresAt === null || typeof expiresAt === "number") {
    const fault = sameFault(expiresAt, got.expiresAt);
    return fault === null ? null : `expiresAt: ${fault}`;
  }
  // The operation began between the case's beginning and now, and counts from its next whole second.
  const late = got.expiresAt - momentOf(expiresAt, known);
  const early = momentOf(expiresAt, known, known.beganMs) - got.expiresAt;
  return late <= 2 && early <= 0
    ? null
    : `expiresAt: expected ${show(expiresAt)}, got ${late} s later`;
}

function textFault(gives: unknown, value: unknown, known: Known): string | null {
  const expected = gives === null ? null : textOf(gives as string, known);
  return expected === value ? null : `expected ${show(expected)}, got ${show(value)}`;
}

function sameFault(expected: unknown, value: unknown): string | null {
  const [wanted, got] = [JSON.stringify(expected), JSON.stringify(value)];
  return wanted === got ? null : `expected ${show(expected)}, got ${show(value)}`;
}

async function firstFault(
  checks: readonly (() => Promise<string | null>)[],
): Promise<string | null> {
  for (const check of checks) {
    const fault = await check();
    if (fault !== null) return fault;
  }
  return null;
}

const encoder = new TextEncoder();

function byUtf8(a: string, b: string): number {
  const [left, right] = [encoder.encode(a), encoder.encode(b)];
  const at = left.findIndex((byte, i) => byte !== right[i]);
  return at < 0 ? left.length - right.length : (left[at] ?? 0) - (right[at] ?? -1);
}
