// Carries out the steps of tests/conformance/host-file.json over processes and a real directory (twin:
// tests/native/steps/file-steps.cc).
import { expect } from "vitest";
import { verb } from "../../../bindings/boundary/host-request.ts";
import type { Text } from "../../conformance/suite.ts";
import { type Known, textOf } from "../../conformance/values.ts";
import { patienceMs } from "../../patience.ts";
import {
  type AskedOf,
  type Process,
  ProcessElsewhere,
  ProcessHere,
  type Told,
} from "./host-process.ts";

type Asked = {
  readonly read?: string;
  readonly write?: Text;
  readonly rename?: string;
  readonly remove?: string;
  readonly stats?: readonly string[];
  readonly lock?: string;
  readonly unlock?: string;
  readonly holders?: true;
  readonly scan?: true;
  readonly walk?: number;
  readonly open?: true;
  readonly other?: string;
  readonly most?: number;
  readonly mtime?: number;
  readonly synced?: boolean;
  readonly ifStill?: string;
  readonly within?: number;
  readonly made?: boolean;
  readonly toEnd?: boolean;
};
type File = { readonly text: Text; readonly marked: boolean; readonly mtime?: number };
type Gives =
  | null
  | Text
  | File
  | { readonly fails: string }
  | { readonly names: readonly string[]; readonly expiring: boolean }
  | readonly (string | number | null)[];
export type Step = {
  readonly do?: readonly Asked[];
  readonly by?: number;
  readonly as?: string;
  readonly gives?: readonly Gives[];
  readonly keep?: string;
  readonly begins?: string;
  readonly awaits?: string;
  readonly ends?: string;
  readonly kills?: number;
};

const mostBytes = 26_214_401;
const [plainMode, markedMode] = [0o666, 0o766];
const known: Known = { namespaceBytes: 0, kept: new Map(), eachKey: null };
const lines = (packed: string) => packed.split("\0").slice(0, -1);

export class FileSteps {
  readonly #directory: string;
  readonly #processes = new Map<number, Process>();
  readonly #stats = new Map<string, readonly number[]>();
  readonly #begun = new Map<string, { asked: readonly Asked[]; told: Promise<Told[]> }>();
  #operations = 0;

  constructor(directory: string) {
    this.#directory = directory;
  }

  async close(): Promise<void> {
    for (const process of this.#processes.values()) await process.close();
  }

  async step(step: Step): Promise<void> {
    const { by = 0 } = step;
    if (step.kills !== undefined) {
      await this.#processes.get(step.kills)?.close();
      this.#processes.delete(step.kills);
      return;
    }
    const process = await this.#process(by);
    if (step.ends !== undefined) return process.end(step.ends);
    if (step.awaits !== undefined) {
      const begun = this.#begun.get(step.awaits);
      return this.#check(begun?.asked ?? [], step, (await begun?.told) ?? []);
    }
    const asked = step.do ?? [];
    const operation = step.as ?? `operation ${++this.#operations}`;
    if (asked[0]?.toEnd === true) {
      expect((await this.#walk(process, operation, asked[0])).sort()).toEqual(step.gives?.[0]);
    } else {
      const told = process.perform(
        operation,
        asked.map((one) => this.#request(one)),
      );
      if (step.begins !== undefined) {
        this.#begun.set(step.begins, { asked, told });
        return;
      }
      this.#check(asked, step, await told);
    }
    if (step.as === undefined) process.end(operation);
  }

  async #process(number: number): Promise<Process> {
    const running = this.#processes.get(number);
    if (running !== undefined) return running;
    const process = new (number === 1 ? ProcessElsewhere : ProcessHere)(this.#directory);
    this.#processes.set(number, process);
    // What is to be opened otherwise is opened by the case.
    if (number === 2) return process;
    const [opened] = await process.perform("open", [this.#request({ open: true, made: true })]);
    expect(opened?.thrown).toBeUndefined();
    process.end("open");
    return process;
  }

  #request(asked: Asked): AskedOf {
    const { read, write, rename, remove, stats, lock, unlock } = asked;
    const of = (
      name: keyof typeof verb,
      key = "",
      value = "",
      number = 0,
      meta: readonly number[] = [],
    ) => ({ verb: verb[name], key, value, number, meta });
    const synced = Number(asked.synced ?? false);
    if (read !== undefined) return of("read", read, asked.other ?? read, asked.most ?? mostBytes);
    if (write !== undefined) {
      const { mtime = 0 } = asked;
      const mode = mtime > 0 ? markedMode : plainMode;
      return of("write", "", textOf(write, known), mtime, [mode, synced]);
    }
    if (rename !== undefined) return of("rename", rename, asked.other ?? rename, synced);
    if (remove !== undefined) {
      const stat = this.#stats.get(asked.ifStill ?? "") ?? [];
      return of("remove", remove, asked.other ?? "", synced, stat);
    }
    if (stats !== undefined) return of("statMany", "", stats.map((path) => `${path}\0`).join(""));
    if (lock !== undefined) {
      const { within = 0 } = asked;
      // What is to be had is waited for however slow the machine is.
      return of("lock", lock, "", Date.now() + (within >= 1000 ? patienceMs : within));
    }
    if (unlock !== undefined) return of("unlock", unlock);
    if (asked.walk !== undefined) return of("walk", "", "", asked.walk);
    if (asked.open) return of("open", "P", "p", 0, [markedMode, Number(asked.made), 0]);
    return of(asked.scan ? "scan" : "holders");
  }

  async #walk(process: Process, operation: string, { walk = 0 }: Asked): Promise<string[]> {
    const all: string[] = [];
    for (;;) {
      const [told] = await process.perform(operation, [this.#request({ walk })]);
      expect(told?.thrown).toBeUndefined();
      const names = lines(told?.value ?? "");
      all.push(...names);
      // It counts directories and the end of one among what it gives.
      if (names.length === 0) return all;
      if (walk > 50) return all;
    }
  }

  #check(asked: readonly Asked[], step: Step, told: readonly Told[]): void {
    expect(told).toHaveLength(asked.length);
    if (step.keep !== undefined) this.#stats.set(step.keep, told[0]?.meta ?? []);
    for (const [i, one] of told.entries()) {
      if (step.gives === undefined) expect(one.thrown).toBeUndefined();
      else this.#checkOne(asked[i] as Asked, step.gives[i] as Gives, one);
    }
  }

  #checkOne(asked: Asked, gives: Gives, told: Told): void {
    const isObject = typeof gives === "object" && gives !== null;
    if (isObject && "fails" in gives) {
      expect(told.thrown).toContain(gives.fails);
      return;
    }
    expect(told.thrown).toBeUndefined();
    if (asked.read !== undefined) this.#checkFile(gives as Text | File, told);
    else if (isObject && "names" in gives) {
      expect(lines(told.value).sort()).toEqual(gives.names);
      expect(told.number !== 0).toBe(gives.expiring);
    } else if (asked.holders) {
      const paths = lines(told.value).filter((_, i) => i % 2 === 0);
      expect(paths.map((path) => path.split("/").at(-1)).sort()).toEqual(gives);
    } else if (asked.walk !== undefined) expect(lines(told.value).sort()).toEqual(gives);
    else if (asked.stats !== undefined) {
      const sizes = asked.stats.map((_, i) => {
        const [, , mode, size] = told.numbers.slice(4 * i, 4 * i + 4);
        return mode === 0 ? null : size;
      });
      expect(sizes).toEqual(gives);
    } else expect(gives).toBeNull();
  }

  #checkFile(gives: Text | File, told: Told): void {
    const isFile = typeof gives === "object" && "text" in gives;
    expect(told.value === textOf(isFile ? gives.text : gives, known)).toBe(true);
    if (!isFile) return;
    const [mtimeMs = 0, , mode = 0] = told.meta;
    expect((mode & 0o100) !== 0).toBe(gives.marked);
    // A file system may keep fewer digits than a double has.
    if (gives.mtime !== undefined) expect(mtimeMs).toBeCloseTo(gives.mtime * 1000, 2);
  }
}
