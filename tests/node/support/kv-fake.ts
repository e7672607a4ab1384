// A host for the core's Workers KV store that keeps a Map and can be made to fail, to wait or to never answer. What a
// real binding does is tested in workerd; this one exists to inject faults.

import type { HostReply } from "../../../bindings/boundary/host-reply.ts";
import { type HostRequest, verb } from "../../../bindings/boundary/host-request.ts";
import { Core } from "../../../bindings/boundary/instance.ts";
import { CoreStore } from "../../../bindings/operation/core-store.ts";
import type { Host } from "../../../bindings/operation/host.ts";
import { OpenStore } from "../../../bindings/operation/open-store.ts";

type Cell = { readonly value: Uint8Array; readonly meta: Uint8Array };

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const absent = 0xffff_ffff;

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

export class FakeKv implements Host {
  readonly cells = new Map<string, Cell>();
  /** How many requests came. */
  asked = 0;
  /** What one request is to throw, or nothing. Asked before the request is carried out. */
  fault: (request: HostRequest) => unknown = () => undefined;
  /** When the replies of one step come. The requests are carried out after it. */
  gate: (requests: readonly HostRequest[]) => Promise<void> = () => Promise.resolve();

  async perform(requests: readonly HostRequest[]): Promise<HostReply[]> {
    this.asked += requests.length;
    await this.gate(requests);
    return requests.map((request) => {
      const thrown = this.fault(request);
      return thrown === undefined ? this.#performOne(request) : { thrown };
    });
  }

  put(key: string, value: string): void {
    this.cells.set(key, { value: encoder.encode(value), meta: new Uint8Array(0) });
  }

  text(key: string): string | undefined {
    const cell = this.cells.get(key);
    return cell && decoder.decode(cell.value);
  }

  #performOne({ verb: asked, key, value, meta, number }: HostRequest): HostReply {
    switch (asked) {
      case verb.read: {
        const cell = this.cells.get(key);
        return cell === undefined ? {} : { present: true, ...cell };
      }
      case verb.readMany: {
        const keys = decoder.decode(value).split("\0").slice(0, -1);
        return { present: true, value: joined(keys.map((one) => this.#packed(one))) };
      }
      case verb.write:
        this.cells.set(key, { value, meta });
        return {};
      case verb.remove:
        this.cells.delete(key);
        return {};
      case verb.scan:
        return this.#scan(key, decoder.decode(meta), number);
      default:
        throw new TypeError(`the fake has no verb ${asked}`);
    }
  }

  #packed(key: string): Uint8Array {
    const cell = this.cells.get(key);
    const lengths = new DataView(new ArrayBuffer(8));
    lengths.setUint32(0, cell?.value.length ?? absent, true);
    lengths.setUint32(4, cell?.meta.length ?? 0, true);
    const head = new Uint8Array(lengths.buffer);
    return cell === undefined ? head : joined([head, cell.value, cell.meta]);
  }

  #scan(prefix: string, after: string, limit: number): HostReply {
    const keys = [...this.cells.keys()].filter((key) => key.startsWith(prefix) && key > after);
    keys.sort();
    const page = keys.slice(0, limit);
    const metas = page.map((key) => this.cells.get(key)?.meta ?? new Uint8Array(0));
    return {
      present: page.length < keys.length,
      value: encoder.encode(page.map((key) => `${key}\0`).join("")),
      meta: joined(metas.flatMap((meta) => [meta, new Uint8Array(1)])),
      extra: encoder.encode(page.at(-1) ?? ""),
    };
  }
}

/** What the binding throws for an HTTP status. */
export function kvFailure(status: number, operation = "PUT"): Error {
  return new Error(`KV ${operation} failed: ${status} made up by a test`);
}

/** A store over that host, in an instance of its own. Two writes of one key need no second between them. */
export function openKv(host: Host, core = new Core()): { core: Core; store: CoreStore } {
  return { core, store: new CoreStore(openKvConfig(core), host) };
}

export function openKvConfig(core: Core): OpenStore {
  return new OpenStore(core, { kind: "cloudflare-kv", writeIntervalMs: 0 });
}

const noHost: Host = {
  perform() {
    throw new Error("the memory store asked its host for something");
  },
};

/** A memory store whose core the test can see. */
export function openMemory(
  options: { maxBytes?: number; eviction?: "lru" } = {},
  core = new Core(),
): { core: Core; store: CoreStore } {
  const config = { kind: "memory", ...options };
  return { core, store: new CoreStore(new OpenStore(core, config), noHost) };
}
