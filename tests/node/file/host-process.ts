// What the host suite asks of one process: of this one, or of one of its own that can be killed.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { HostReply } from "../../../bindings/boundary/host-reply.ts";
import type { HostRequest } from "../../../bindings/boundary/host-request.ts";
import type { HostSession } from "../../../bindings/operation/host.ts";
import { FileHost } from "../../../bindings/stores/file/file-host.ts";

/** A request whose bytes are text: `value` as UTF-8, `meta` as numbers. */
export type AskedOf = Pick<HostRequest, "verb" | "key" | "number"> & {
  readonly value: string;
  readonly meta: readonly number[];
};
/** A reply likewise. */
export type Told = {
  readonly thrown?: string;
  readonly number: number;
  readonly value: string;
  readonly meta: readonly number[];
  /** The value as numbers, if it can be. */
  readonly numbers: readonly number[];
};
export type Order = {
  readonly id: number;
  readonly operation?: string;
  readonly asked?: readonly AskedOf[];
  readonly ends?: string;
};

export interface Process {
  perform(operation: string, asked: readonly AskedOf[]): Promise<Told[]>;
  end(operation: string): void;
  /** It is not there any more. */
  close(): Promise<void>;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function requestOf({ verb, key, number, value, meta }: AskedOf): HostRequest {
  return {
    verb,
    key,
    number,
    value: encoder.encode(value) as Uint8Array<ArrayBuffer>,
    meta: new Uint8Array(Float64Array.from(meta).buffer),
  } as HostRequest;
}

function numbersIn(bytes: HostReply["value"]): number[] {
  if (!(bytes instanceof Uint8Array) || bytes.length % 8 !== 0) return [];
  return [...new Float64Array(Uint8Array.from(bytes).buffer)];
}

function toldOf({ thrown, number = 0, value, meta }: HostReply): Told {
  const text = typeof value === "string" ? value : decoder.decode(value);
  const told = { number, value: text, meta: numbersIn(meta), numbers: numbersIn(value) };
  return thrown === undefined ? told : { ...told, thrown: String(thrown) };
}

export class ProcessHere implements Process {
  readonly #host: FileHost;
  readonly #sessions = new Map<string, HostSession>();

  constructor(directory: string) {
    this.#host = new FileHost(directory);
  }

  async perform(operation: string, asked: readonly AskedOf[]): Promise<Told[]> {
    const session = this.#sessions.get(operation) ?? {};
    this.#sessions.set(operation, session);
    const replies = await this.#host.perform(asked.map(requestOf), session);
    return replies.map(toldOf);
  }

  end(operation: string): void {
    this.#sessions.get(operation)?.release?.();
    this.#sessions.delete(operation);
  }

  async close(): Promise<void> {
    for (const operation of [...this.#sessions.keys()]) this.end(operation);
    await this.#host.close();
  }
}

export class ProcessElsewhere implements Process {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (told: Told[]) => void>();
  #orders = 0;

  constructor(directory: string) {
    const actor = join(import.meta.dirname, "host-actor.ts");
    const args = ["--no-warnings", actor, directory];
    this.#child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
    createInterface({ input: this.#child.stdout as never }).on("line", (line) => {
      const { id, told } = JSON.parse(line) as { id: number; told: Told[] };
      this.#waiting.get(id)?.(told);
      this.#waiting.delete(id);
    });
  }

  perform(operation: string, asked: readonly AskedOf[]): Promise<Told[]> {
    const id = ++this.#orders;
    const { promise, resolve } = Promise.withResolvers<Told[]>();
    this.#waiting.set(id, resolve);
    this.#send({ id, operation, asked });
    return promise;
  }

  end(operation: string): void {
    this.#send({ id: ++this.#orders, ends: operation });
  }

  /** SIGKILL: as a crash, it leaves what it held. */
  async close(): Promise<void> {
    const ended = once(this.#child, "close");
    this.#child.kill("SIGKILL");
    await ended;
  }

  #send(order: Order): void {
    this.#child.stdin?.write(`${JSON.stringify(order)}\n`);
  }
}
