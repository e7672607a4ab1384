// Carries out the steps of tests/conformance/host-object.json through the real hosts in a real object (twin:
// tests/native/steps/object-steps.cc).
import { expect } from "vitest";
import type { HostReply } from "../../../bindings/boundary/host-reply.ts";
import { type RequestView, verb } from "../../../bindings/boundary/host-request.ts";
import { octetsOf } from "../../../bindings/boundary/octets.ts";
import type { Cell } from "../../../bindings/boundary/sql-cells.ts";
import { packCells, packedBytes, parametersAt } from "../../../bindings/boundary/sql-cells.ts";
import type { Host, HostSession } from "../../../bindings/operation/host.ts";
import type { Text } from "../../conformance/suite.ts";
import { type Known, textOf } from "../../conformance/values.ts";
import { patienceMs } from "../../patience.ts";

type Parameter = number | null | Text | { readonly blob: Text } | { readonly value: string };
type Asked = {
  readonly read?: string;
  readonly write?: string;
  readonly remove?: string;
  readonly setAlarm?: number;
  readonly empty?: true;
  readonly lock?: number;
  readonly sql?: string;
  readonly with?: readonly Parameter[];
  readonly rows?: boolean;
  readonly value?: Text;
  readonly meta?: string;
};
type GivenCell = number | null | Text | { readonly blob: Text };
type Gives =
  | null
  | { readonly fails: string }
  | { readonly value: Text; readonly meta: string }
  | readonly GivenCell[];
export type Step = {
  readonly do?: readonly Asked[];
  readonly as?: string;
  readonly gives?: readonly Gives[];
  readonly alarm?: number | null;
  readonly begins?: string;
  readonly awaits?: string;
  readonly ends?: string;
};
type Begun = { readonly asked: readonly Asked[]; readonly replies: Promise<readonly HostReply[]> };

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });
const known: Known = { namespaceBytes: 0, kept: new Map(), eachKey: null };
const bytesOf = (text: Text) => encoder.encode(textOf(text, known));
const fromOctets = (text: string) => Uint8Array.from(text, (octet) => octet.charCodeAt(0));

export class ObjectSteps {
  readonly #host: Host;
  readonly #storage: DurableObjectStorage;
  readonly #sessions = new Map<string, HostSession>();
  readonly #begun = new Map<string, Begun>();

  constructor(host: Host, storage: DurableObjectStorage) {
    this.#host = host;
    this.#storage = storage;
  }

  async step(step: Step): Promise<void> {
    if (step.alarm !== undefined) {
      expect(await this.#storage.getAlarm()).toBe(step.alarm);
    } else if (step.ends !== undefined) {
      this.#sessions.get(step.ends)?.release?.();
    } else if (step.awaits !== undefined) {
      const { asked, replies } = this.#begun.get(step.awaits) as Begun;
      check(asked, step, await replies);
    } else {
      const { do: asked = [], as = "" } = step;
      const session = this.#sessions.get(as) ?? {};
      if (as !== "") this.#sessions.set(as, session);
      const replies = this.#perform(asked.map(requestOf), session);
      if (step.begins !== undefined) {
        this.#begun.set(step.begins, { asked, replies });
        return;
      }
      check(asked, step, await replies);
      if (as === "") session.release?.();
    }
  }

  // What a host rejects with, the drive loop takes as the reply to each request, and null as success.
  async #perform(requests: RequestView[], session: HostSession): Promise<readonly HostReply[]> {
    try {
      return (await this.#host.perform(requests, session)) ?? requests.map(() => ({}));
    } catch (thrown) {
      return requests.map(() => ({ thrown }));
    }
  }
}

function requestOf(asked: Asked): RequestView {
  const value = asked.value === undefined ? new Uint8Array(0) : bytesOf(asked.value);
  const meta = fromOctets(asked.meta ?? "");
  const view = {
    value,
    valueView: value,
    valueLength: value.length,
    valueText: decoder.decode(value),
    metaView: meta,
    metaLength: meta.length,
    number: 0,
  };
  const of = (name: keyof typeof verb, key = "", number = 0) =>
    ({ ...view, verb: verb[name], key, number }) as unknown as RequestView;
  if (asked.sql !== undefined) {
    const packed = packedParameters(asked.with ?? []);
    const parameters = parametersAt(
      packed,
      new DataView(packed.buffer),
      0,
      packed.length,
      view,
      undefined,
    );
    return { ...of("sql", asked.sql, Number(asked.rows ?? true)), parameters } as RequestView;
  }
  if (asked.read !== undefined) return of("read", asked.read);
  if (asked.write !== undefined) return of("write", asked.write);
  if (asked.remove !== undefined) return of("remove", asked.remove);
  if (asked.setAlarm !== undefined) return of("setAlarm", "", asked.setAlarm);
  if (asked.lock !== undefined) {
    // What is to be had is waited for however slow the machine is.
    return of("lock", "", Date.now() + (asked.lock >= 1000 ? patienceMs : asked.lock));
  }
  return of("empty");
}

/** As the grammar of wasm/stores/durable-object/sql.h has them. */
function packedParameters(parameters: readonly Parameter[]): Uint8Array {
  const bytes = parameters.flatMap((one) => {
    if (one === null) return [0];
    if (typeof one === "number") return [1, ...new Uint8Array(Float64Array.of(one).buffer)];
    if (typeof one === "object" && "value" in one) return [one.value === "blob" ? 4 : 5];
    const isBlob = typeof one === "object" && "blob" in one;
    const text = bytesOf(isBlob ? one.blob : one);
    return [isBlob ? 2 : 3, ...new Uint8Array(Uint32Array.of(text.length).buffer), ...text];
  });
  return Uint8Array.from(bytes);
}

function check(asked: readonly Asked[], step: Step, replies: readonly HostReply[]): void {
  expect(replies).toHaveLength(asked.length);
  for (const [i, reply] of replies.entries()) {
    if (step.gives === undefined) expect(reply.thrown).toBeUndefined();
    else checkOne(asked[i] as Asked, step.gives[i] as Gives, reply);
  }
}

function checkOne(asked: Asked, gives: Gives, reply: HostReply): void {
  if (gives !== null && "fails" in gives) {
    expect(String(reply.thrown)).toContain(gives.fails);
    return;
  }
  expect(reply.thrown).toBeUndefined();
  if (asked.sql !== undefined) {
    expect(packed(reply.cells ?? [])).toEqual(packed((gives as GivenCell[]).map(cellOf)));
  } else if (asked.read !== undefined) {
    expect(reply.present === true).toBe(gives !== null);
    if (gives === null) return;
    const { value, meta } = gives as { value: Text; meta: string };
    const found = typeof reply.value === "string" ? reply.value : decoder.decode(reply.value);
    expect(found === textOf(value, known)).toBe(true);
    expect(
      typeof reply.meta === "string" ? reply.meta : octetsOf(reply.meta ?? new Uint8Array(0)),
    ).toBe(meta);
  } else {
    expect(gives).toBeNull();
  }
}

function cellOf(cell: GivenCell): Cell {
  if (cell === null || typeof cell === "number") return cell;
  if (typeof cell === "object" && "blob" in cell) return bytesOf(cell.blob).slice().buffer;
  return textOf(cell, known);
}

/** As they cross to the core. */
function packed(cells: readonly Cell[]): string {
  const bytes = new Uint8Array(packedBytes(cells));
  const end = packCells(bytes, new DataView(bytes.buffer), 0, cells, false);
  return octetsOf(bytes.subarray(0, end));
}
