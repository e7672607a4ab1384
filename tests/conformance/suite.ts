// The data of the suite as types, and the files read. README.md holds the grammar; nothing is
// carried out here.
import type { Capabilities } from "../../bindings/contract/contract.ts";
import type { KvErrorCode } from "../../bindings/contract/errors.ts";

export type Capability = keyof Capabilities;

export type Trait =
  | "clock"
  | "large"
  | "many"
  | "malformed"
  | "namespaces"
  | "condition"
  | "close"
  | "order"
  | "oneBatch";

export type Text =
  | string
  | { readonly repeat: readonly [Text, number] }
  | { readonly concat: readonly Text[] }
  | { readonly codeUnits: readonly number[] }
  | { readonly bytes: number; readonly of: string; readonly end?: string }
  | { readonly keyBytes: number; readonly of: string; readonly end?: string }
  | { readonly cursor: string }
  | { readonly eachKey: true };

export type Version = string | { readonly version: string } | { readonly versionOf: Text };
export type Moment = number | { readonly fromNow: number };
export type Keys = readonly Text[] | { readonly series: string; readonly count: number };

export type Options = {
  readonly ttlSeconds?: number;
  readonly expiresAt?: Moment;
  readonly version?: Version;
};

export type Listing = {
  readonly prefix?: Text;
  readonly limit?: number;
  readonly cursor?: Text;
};

export type WrittenGives = { readonly version?: Version; readonly expiresAt?: Moment | null };
export type EntryGives = WrittenGives & { readonly value?: Text };
export type OutcomeGives = "ok" | KvErrorCode | WrittenGives;

export type SetItem = readonly [key: Text, value: Text, options?: Options];
export type SetItems =
  | readonly SetItem[]
  | { readonly series: string; readonly count: number; readonly value: Text };

/** The operations with what they take; a step holds exactly one of them. */
export type Taken = {
  readonly get: Text;
  readonly set: SetItem;
  readonly delete: Text | readonly [key: Text, options: Options];
  readonly list: Text;
  readonly page: Listing;
  readonly pages: Listing;
  readonly entry: Text;
  readonly compareAndSet: readonly [
    key: Text,
    version: Version | null,
    value: Text,
    options?: Options,
  ];
  readonly patch: readonly [key: Text, patch: unknown, options?: Options];
  readonly getMany: Keys;
  readonly setMany: SetItems;
  readonly deleteMany: Keys;
  readonly diagnose: true;
  readonly advanceSeconds: number;
  readonly together: readonly Step[];
  readonly close: true;
};

export type Operation = keyof Taken;

export type Step = Partial<Taken> & {
  readonly in?: string;
  readonly as?: string;
  readonly gives?: unknown;
  readonly counts?: number;
  readonly succeed?: number;
  readonly fails?: KvErrorCode;
  readonly says?: string;
};

export type Case = {
  readonly name: string;
  readonly steps: readonly Step[];
  readonly needs?: readonly Capability[];
  readonly lacks?: readonly Capability[];
  readonly traits?: readonly Trait[];
  readonly forEach?: "keys";
};

export type NamedKey = { readonly name: string; readonly key: Text };

const operations: { readonly [name in Operation]: true } = {
  get: true,
  set: true,
  delete: true,
  list: true,
  page: true,
  pages: true,
  entry: true,
  compareAndSet: true,
  patch: true,
  getMany: true,
  setMany: true,
  deleteMany: true,
  diagnose: true,
  advanceSeconds: true,
  together: true,
  close: true,
};
const modifiers = ["in", "as", "gives", "counts", "succeed", "fails", "says"];

/** The operation of a step. A step with none, several, or a member that is unknown is an error. */
export function operationOf(step: Step): Operation {
  const named = Object.keys(step).filter((member) => !modifiers.includes(member));
  const [name] = named;
  if (named.length !== 1 || name === undefined || !Object.hasOwn(operations, name)) {
    throw new Error(`a step has not exactly one known operation: ${JSON.stringify(step)}`);
  }
  return name as Operation;
}

/** A case's steps, those of `together` included. */
export function everyStep(steps: readonly Step[]): Step[] {
  return steps.flatMap((step) => [step, ...everyStep(step.together ?? [])]);
}

declare global {
  interface ImportMeta {
    /** Vite's, of which this is the one form that is used here. */
    glob<T>(
      patterns: readonly string[],
      options: { readonly query: string; readonly import: string; readonly eager: true },
    ): { readonly [path: string]: T };
  }
}

// As text: what a JSON loader makes of the names of members is not ours to trust.
const files = import.meta.glob<string>(["./cases/*.json", "./keys.json"], {
  query: "?raw",
  import: "default",
  eager: true,
});

/** The cases of each file, by its name. */
export const subjects: readonly { readonly subject: string; readonly cases: readonly Case[] }[] =
  Object.entries(files)
    .filter(([path]) => path.startsWith("./cases/"))
    .map(([path, text]) => ({
      subject: path.slice("./cases/".length, -".json".length),
      cases: (JSON.parse(text) as { cases: Case[] }).cases,
    }));

export const namedKeys: readonly NamedKey[] = JSON.parse(files["./keys.json"] ?? "");
