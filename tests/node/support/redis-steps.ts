// Carries out the steps of tests/conformance/host-redis.json through a real host over real servers (twin:
// tests/native/steps/redis-steps.cc).
import { createHash } from "node:crypto";
import { expect } from "vitest";
import type { HostReply } from "../../../bindings/boundary/host-reply.ts";
import type { RequestView } from "../../../bindings/boundary/host-request.ts";
import { verb } from "../../../bindings/boundary/host-request.ts";
import type { Host } from "../../../bindings/operation/host.ts";
import type { Keys, Text, Version } from "../../conformance/suite.ts";
import { type Known, keysOf, textOf, versionOf } from "../../conformance/values.ts";
import { eventually } from "./redis-server.ts";

export type Word =
  | Text
  | { readonly value: Text }
  | { readonly script: string }
  | { readonly sha1: string }
  | { readonly versionOf: Text };
type Gives =
  | null
  | number
  | Text
  | { readonly from: number; readonly to: number }
  | { readonly holds: string }
  | Keys;
export type Step = {
  readonly ask?: readonly Word[];
  readonly scan?: readonly Word[];
  readonly of?: string;
  readonly gives?: Gives;
  readonly counts?: number;
  readonly fails?: string | readonly string[];
  readonly as?: string;
  readonly differs?: string;
  readonly fill?: Keys;
  readonly wait?: number;
  readonly become?: string;
  readonly nodes?: number;
  readonly move?: string;
  readonly carry?: string;
  readonly settle?: string;
};
export type Suite = {
  readonly scripts: { readonly [name: string]: string };
  readonly cases: readonly {
    readonly name: string;
    readonly cluster?: boolean;
    readonly steps: readonly Step[];
  }[];
};

/** What a step does to the servers. */
export interface Servers {
  become(state: string): Promise<void>;
  move(key: string): Promise<void>;
  carry(key: string): Promise<void>;
  settle(key: string): Promise<void>;
  /** The name, as the host knows it, of the master that serves a key. */
  nameOf(key: string): Promise<string>;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const keyless = ["scan", "script", "info", "config", "cluster"];

export class RedisSteps {
  readonly #host: Host;
  readonly #servers: Servers;
  readonly #scripts: Suite["scripts"];
  readonly #processes = new Map<string, string>();
  readonly #known: Known = {
    namespaceBytes: 0,
    kept: new Map(),
    eachKey: null,
  };

  constructor(host: Host, servers: Servers, { scripts }: Suite) {
    this.#host = host;
    this.#servers = servers;
    this.#scripts = scripts;
  }

  /** Waits for the client, which the server may have left behind when it was started again. */
  connected(): Promise<void> {
    return eventually("the client is connected again", () =>
      this.#ask(["exists", "a"]).then(
        () => true,
        () => false,
      ),
    );
  }

  async step(step: Step): Promise<void> {
    if (step.ask !== undefined) await this.#check(step, this.#ask(step.ask, step.of));
    else if (step.scan !== undefined) await this.#scan(step, step.scan);
    else if (step.fill !== undefined) {
      await Promise.all(keysOf(step.fill, this.#known).map((key) => this.#ask(["set", key, "1"])));
    } else if (step.wait !== undefined) {
      await new Promise((resolve) => setTimeout(resolve, step.wait));
    } else if (step.become !== undefined) {
      await this.#servers.become(step.become);
      await this.connected();
    } else if (step.nodes !== undefined) {
      const { value } = await this.#perform({ verb: verb.nodes });
      expect(textIn(value).split("\0")).toHaveLength(step.nodes + 1);
    } else if (step.move !== undefined) await this.#servers.move(step.move);
    else if (step.carry !== undefined) await this.#servers.carry(step.carry);
    else if (step.settle !== undefined) await this.#servers.settle(step.settle);
    else throw new Error(`no step: ${JSON.stringify(step)}`);
  }

  async #word(word: Word): Promise<string> {
    if (typeof word === "string") return word;
    if ("script" in word) return this.#scripts[word.script] as string;
    if ("sha1" in word) {
      return createHash("sha1")
        .update(this.#scripts[word.sha1] as string)
        .digest("hex");
    }
    if ("versionOf" in word) return versionOf(word as Version, this.#known);
    if ("value" in word) return textOf(word.value, this.#known);
    return textOf(word, this.#known);
  }

  /** Rejects with what the host threw. */
  async #ask(given: readonly Word[], of?: string): Promise<HostReply> {
    const words = await Promise.all(given.map((word) => this.#word(word)));
    const isValue = (word: string) => word === "" || word.length > 1000;
    const value = words.find(isValue) ?? "";
    const name = of === undefined ? "" : await this.#servers.nameOf(of);
    const command = words[0] as string;
    const keyAt = command.startsWith("eval") ? 4 : 2;
    return this.#perform({
      verb: verb.command,
      key: words.map((word) => `${isValue(word) ? "" : word}\0`).join(""),
      value: encoder.encode(value) as Uint8Array<ArrayBuffer>,
      valueText: value,
      valueLength: encoder.encode(value).length,
      metaView: encoder.encode(name),
      metaLength: name.length,
      number: keyless.includes(command) ? 0 : keyAt,
    });
  }

  async #perform(request: Partial<RequestView>): Promise<HostReply> {
    const [reply = {}] = (await this.#host.perform([request as RequestView], {})) ?? [];
    if ("thrown" in reply) throw reply.thrown;
    return reply;
  }

  async #scan(step: Step, options: readonly Word[]): Promise<void> {
    const keys = new Set<string>();
    let cursor = "0";
    do {
      const reply = await this.#ask(["scan", cursor, ...options], step.of);
      const [next, ...found] = textsIn(reply.value);
      for (const key of found) keys.add(key as string);
      cursor = next as string;
    } while (cursor !== "0");
    if (step.counts !== undefined) expect(keys.size).toBe(step.counts);
    if (step.gives === undefined) return;
    expect([...keys].sort()).toEqual(keysOf(step.gives as Keys, this.#known).sort());
  }

  async #check(step: Step, asked: Promise<HostReply>): Promise<void> {
    if (step.fails !== undefined) {
      const message = await asked.then(
        () => "nothing",
        (thrown) => String(thrown),
      );
      const parts = [step.fails].flat();
      expect(
        parts.find((part) => message.includes(part)),
        message,
      ).toBeDefined();
      return;
    }
    const reply = await asked;
    if (step.as !== undefined) this.#processes.set(step.as, processIn(reply.value));
    if (step.differs !== undefined) {
      expect(processIn(reply.value)).not.toBe(this.#processes.get(step.differs));
    }
    if (step.gives === undefined) return;
    const { gives } = step;
    expect(reply.present === true).toBe(gives !== null);
    if (gives === null) return;
    if (typeof gives === "number") expect(reply.number).toBe(gives);
    else if (Array.isArray(gives)) {
      const expected = gives.map((one) => (one === null ? null : textOf(one, this.#known)));
      expect(textsIn(reply.value)).toEqual(expected);
    } else if (typeof gives === "object" && "from" in gives) {
      expect(reply.number).toBeGreaterThanOrEqual(gives.from);
      expect(reply.number).toBeLessThanOrEqual(gives.to);
    } else if (typeof gives === "object" && "holds" in gives) {
      expect(textIn(reply.value)).toContain(gives.holds);
    } else {
      expect(textIn(reply.value) === textOf(gives as Text, this.#known)).toBe(true);
    }
  }
}

function textIn(value: HostReply["value"]): string {
  return typeof value === "string" ? value : decoder.decode(value);
}

function processIn(info: HostReply["value"]): string {
  const [, process] = /run_id:(\w+)/.exec(textIn(info)) ?? [];
  expect(process).toBeDefined();
  return process as string;
}

/** The texts of an array (wasm/stores/redis/redis-command.h). */
function textsIn(value: HostReply["value"]): (string | null)[] {
  const bytes = value as Uint8Array;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const texts: (string | null)[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = view.getUint32(at, true);
    at += 4;
    if (length === 0xffff_ffff) {
      texts.push(null);
      continue;
    }
    texts.push(decoder.decode(bytes.subarray(at, at + length)));
    at += length;
  }
  return texts;
}
