// A Workers KV binding as the platform gives it: over a real Miniflare binding, with what Miniflare
// does not simulate. It holds no data of its own but what a location has cached.
//
// - Each location caches values, and absences, for `staleMs`; its own writes refresh its cache. Lists
//   are not cached.
// - A key takes one write a second; beyond that, 429.
// - An invocation may make 1,000 calls; `invoke` begins a new one.
// - A list may give empty pages while `list_complete` is false.
// - A fault refuses a call, loses the reply of one that was carried out, or leaves it unanswered.
//
// Limits: https://developers.cloudflare.com/kv/platform/limits/

export type KvOperation = "get" | "getMany" | "put" | "delete" | "list";

export type KvCall = {
  readonly operation: KvOperation;
  /** The key or prefix; of a bulk read its keys, comma-separated. */
  readonly key: string;
  readonly keyCount: number;
  readonly atMs: number;
};

export type KvFault = {
  readonly operation: KvOperation;
  /** An HTTP status, or the message of an error that has none; unused if `unanswered`. */
  readonly error?: number | string;
  /** How many calls it hits, by default one. */
  readonly times?: number;
  /** `refused`: not carried out. `lostReply`: carried out, then the error. `unanswered`: no reply ever. */
  readonly kind?: "refused" | "lostReply" | "unanswered";
};

/** A binding, whose `invoke` begins a new invocation of the Worker: its count of calls starts anew. */
export type SimulatedBinding = KVNamespace & { invoke(): void };

type Found = { readonly value: ArrayBuffer | null; readonly metadata: unknown };
type Cached = Found & { readonly untilMs: number };

const statusTexts: { readonly [status: number]: string } = {
  429: "Too Many Requests",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
};
const verbs = { get: "GET", getMany: "GET_BULK", put: "PUT", delete: "DELETE", list: "LIST" };

function failure(operation: KvOperation, error: number | string): Error {
  if (typeof error === "string") return new Error(error);
  return new Error(`KV ${verbs[operation]} failed: ${error} ${statusTexts[error] ?? "Error"}`);
}

/** The namespace behind the bindings: its clock, its limits, its faults, and the calls it got. */
export class KvPlatform {
  readonly calls: KvCall[] = [];
  /** What was carried out of writes (the value) and deletes (`null`), in order. */
  readonly written: (string | null)[] = [];
  readonly staleMs: number;
  readonly writeIntervalMs: number;
  readonly callsPerInvocation: number;
  /** Empty pages that each further page of a list is preceded by. */
  emptyPages = 0;
  readonly inner: KVNamespace;
  readonly #lastWriteMs = new Map<string, number>();
  #faults: (KvFault & { left: number })[] = [];
  #offsetMs = 0;

  constructor(
    inner: KVNamespace,
    { staleMs = 60_000, writeIntervalMs = 1000, callsPerInvocation = 1000 } = {},
  ) {
    this.inner = inner;
    this.staleMs = staleMs;
    this.writeIntervalMs = writeIntervalMs;
    this.callsPerInvocation = callsPerInvocation;
  }

  get nowMs(): number {
    return Date.now() + this.#offsetMs;
  }

  /** Moves the platform's clock, which caches and throttling go by, and no other. */
  advance(ms: number): void {
    this.#offsetMs += ms;
  }

  fail(fault: KvFault): void {
    this.#faults.push({ ...fault, left: fault.times ?? 1 });
  }

  count(operation: KvOperation): number {
    return this.calls.filter((call) => call.operation === operation).length;
  }

  /** A binding to the namespace at one location. */
  at(location = "here"): SimulatedBinding {
    return new SimulatedKv(this, location) as unknown as SimulatedBinding;
  }

  throttle(operation: "put" | "delete", key: string): void {
    const last = this.#lastWriteMs.get(key) ?? Number.NEGATIVE_INFINITY;
    if (this.nowMs - last < this.writeIntervalMs) throw failure(operation, 429);
    this.#lastWriteMs.set(key, this.nowMs);
  }

  /** Carries out one call, or fails as a fault says. */
  async call<T>(operation: KvOperation, carryOut: () => Promise<T>): Promise<T> {
    const fault = this.#faults.find((one) => one.operation === operation && one.left > 0);
    if (fault === undefined) return carryOut();
    fault.left -= 1;
    this.#faults = this.#faults.filter(({ left }) => left > 0);
    const { kind = "refused", error = 503 } = fault;
    if (kind === "unanswered") return new Promise<never>(() => {});
    if (kind === "lostReply") await carryOut();
    throw failure(operation, error);
  }
}

class SimulatedKv {
  readonly location: string;
  readonly #platform: KvPlatform;
  readonly #cache = new Map<string, Cached>();
  #callsMade = 0;

  constructor(platform: KvPlatform, location: string) {
    this.#platform = platform;
    this.location = location;
  }

  invoke(): void {
    this.#callsMade = 0;
  }

  getWithMetadata(key: string | string[], type: unknown): Promise<unknown> {
    if (Array.isArray(key)) {
      return this.#call("getMany", key, async () => {
        if (type !== "text") throw new Error("KV GET_BULK failed: 400 only text is simulated");
        const missing = key.filter((one) => this.#cached(one) === null);
        // The platform refuses too many keys, whatever is cached.
        if (key.length > 100) await this.#platform.inner.getWithMetadata(key, "text");
        await Promise.all(missing.map((one) => this.#fetch(one)));
        const text = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });
        return new Map(
          key.map((one) => {
            const { value, metadata } = this.#cached(one) as Found;
            return [one, value === null ? null : { value: text.decode(value), metadata }];
          }),
        );
      });
    }
    return this.#call("get", [key], async () => {
      if (JSON.stringify(type) !== '{"type":"arrayBuffer"}') {
        throw new Error("only reads of bytes are simulated");
      }
      const { value, metadata } = this.#cached(key) ?? (await this.#fetch(key));
      return { value, metadata, cacheStatus: null };
    });
  }

  put(key: string, value: Uint8Array<ArrayBuffer>, options?: KVNamespacePutOptions): Promise<void> {
    return this.#call("put", [key], async () => {
      this.#platform.throttle("put", key);
      await this.#platform.inner.put(key, value, options);
      this.#platform.written.push(new TextDecoder().decode(value.subarray(0, 100)));
      this.#remember(key, { value: value.slice().buffer, metadata: options?.metadata ?? null });
    });
  }

  delete(key: string): Promise<void> {
    return this.#call("delete", [key], async () => {
      this.#platform.throttle("delete", key);
      await this.#platform.inner.delete(key);
      this.#platform.written.push(null);
      this.#remember(key, { value: null, metadata: null });
    });
  }

  list(options: { prefix: string; limit: number; cursor?: string }): Promise<unknown> {
    return this.#call("list", [options.prefix], async () => {
      const { cursor, ...rest } = options;
      const [, empty, inner] = /^empty:(\d+):(.*)$/.exec(cursor ?? "") ?? [];
      const leftEmpty = empty === undefined ? this.#platform.emptyPages : Number(empty) - 1;
      const from = empty === undefined ? (cursor ?? "") : (inner ?? "");
      if (leftEmpty > 0 && (empty !== undefined || this.#platform.emptyPages > 0)) {
        const next = `empty:${leftEmpty}:${from}`;
        return { keys: [], list_complete: false, cursor: next, cacheStatus: null };
      }
      return this.#platform.inner.list({ ...rest, ...(from !== "" && { cursor: from }) });
    });
  }

  async #call<T>(operation: KvOperation, keys: string[], carryOut: () => Promise<T>): Promise<T> {
    const { nowMs: atMs, callsPerInvocation } = this.#platform;
    this.#platform.calls.push({ operation, key: keys.join(","), keyCount: keys.length, atMs });
    this.#callsMade += 1;
    if (this.#callsMade > callsPerInvocation) {
      throw new Error("Too many API requests by single worker invocation.");
    }
    return this.#platform.call(operation, carryOut);
  }

  #cached(key: string): Cached | null {
    const cached = this.#cache.get(key);
    return cached !== undefined && this.#platform.nowMs < cached.untilMs ? cached : null;
  }

  async #fetch(key: string): Promise<Found> {
    return this.#remember(key, await this.#platform.inner.getWithMetadata(key, "arrayBuffer"));
  }

  #remember(key: string, { value, metadata }: Found): Found {
    const untilMs = this.#platform.nowMs + this.#platform.staleMs;
    this.#cache.set(key, { value, metadata, untilMs });
    return { value, metadata };
  }
}
