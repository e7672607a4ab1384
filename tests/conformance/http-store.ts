// A client of the Worker's HTTP API that has the contract's shape, as far as HTTP goes: no store
// logic, only requests and answers. What an operation means is decided behind the front.
import type {
  Capabilities,
  Entry,
  Expiry,
  Finding,
  JsonValue,
  KvStore,
  Outcome,
  Page,
  Written,
} from "../../bindings/contract/contract.ts";
import { codes, KvError, type KvErrorCode } from "../../bindings/contract/errors.ts";

export type HttpStoreOptions = {
  /** Answers a request to `path`, which begins with `/v1/`, with a token of its own. */
  readonly send: (method: string, path: string, init: Sent) => Promise<Response>;
  /** The store's name in the path. */
  readonly store: string;
  readonly capabilities: Capabilities;
};

export type Sent = {
  readonly headers?: { readonly [name: string]: string };
  readonly body?: Uint8Array;
};

type Item = { readonly key: string; readonly value: string } & Expiry;
type Told = {
  readonly key: string;
  readonly status: number;
  readonly code?: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly value?: string | null;
} & Partial<Written>;
type Batch = {
  readonly set?: readonly Item[];
  readonly delete?: readonly string[];
  readonly get?: readonly string[];
};

const batchKeys = 100;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export class HttpKvStore implements KvStore {
  readonly name: string;
  readonly capabilities: Capabilities;
  readonly #send: HttpStoreOptions["send"];
  readonly #store: string;

  constructor({ send, store, capabilities }: HttpStoreOptions) {
    this.name = `http:${store}`;
    this.capabilities = capabilities;
    this.#send = send;
    this.#store = store;
  }

  async get(key: string): Promise<string | null> {
    if (isDots(key)) return (await this.getMany([key]))[0] ?? null;
    return (await this.entry(key))?.value ?? null;
  }

  async entry(key: string): Promise<Entry | null> {
    const answer = await this.#send("GET", this.#path(key), {});
    if (answer.status === 404) {
      const problem = await problemOf(answer);
      if (problem.code === "NOT_FOUND") return null;
      throw this.#error("entry", key, problem);
    }
    await this.#require(answer, "entry", key);
    return entryOf(answer);
  }

  async set(key: string, value: string, options: Expiry = {}): Promise<Written> {
    if (!isDots(key)) return this.#put("set", key, value, options, {});
    // Of the options, a batch takes no more than the expiry.
    const { ttlSeconds, expiresAt } = options;
    const expiry = {
      ...(ttlSeconds !== undefined && { ttlSeconds }),
      ...(expiresAt !== undefined && { expiresAt }),
    };
    return this.#only(await this.setMany([{ key, value, ...expiry }]));
  }

  async compareAndSet(
    key: string,
    version: string | null,
    value: string,
    options: Expiry = {},
  ): Promise<Written> {
    const headers: { [name: string]: string } =
      version === null ? { "If-None-Match": "*" } : { "If-Match": `"${version}"` };
    return this.#put("compareAndSet", key, value, options, headers);
  }

  async patch(
    key: string,
    mergePatch: JsonValue,
    options: Expiry & { readonly version?: string } = {},
  ): Promise<Entry> {
    const condition: { [name: string]: string } =
      options.version === undefined ? {} : { "If-Match": `"${options.version}"` };
    const answer = await this.#send("PATCH", this.#path(key) + queryOf(options), {
      headers: { "Content-Type": "application/merge-patch+json", ...condition },
      body: encoder.encode(JSON.stringify(mergePatch)),
    });
    await this.#require(answer, "patch", key);
    return entryOf(answer);
  }

  async delete(key: string): Promise<void> {
    if (isDots(key)) return this.#only(await this.deleteMany([key]));
    await this.#require(await this.#send("DELETE", this.#path(key), {}), "delete", key);
  }

  async compareAndDelete(key: string, version: string): Promise<void> {
    const headers = { "If-Match": `"${version}"` };
    await this.#require(await this.#send("DELETE", this.#path(key), { headers }), "delete", key);
  }

  // HTTP has pages only. Where they are in no order a key may come twice.
  async list(prefix = ""): Promise<string[]> {
    const keys = await Array.fromAsync(this.keys(prefix));
    return this.capabilities.orderedPages ? keys : [...new Set(keys)].sort(byBytes);
  }

  async page(
    options: { readonly prefix?: string; readonly limit?: number; readonly cursor?: string } = {},
  ): Promise<Page> {
    const { prefix, limit = 1000, cursor } = options;
    const query = Object.entries({ prefix, limit, cursor }).flatMap(([name, value]) =>
      value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
    );
    const answer = await this.#send("GET", `/v1/${this.#store}/keys?${query.join("&")}`, {});
    await this.#require(answer, "page", null);
    return answer.json();
  }

  async *keys(prefix = ""): AsyncIterable<string> {
    for (let from: { cursor?: string } = {}; ; ) {
      const { keys, cursor } = await this.page({ prefix, ...from });
      yield* keys;
      if (cursor === null) return;
      from = { cursor };
    }
  }

  async getMany(keys: readonly string[]): Promise<(string | null)[]> {
    const told = await this.#inBatches(keys, (some) =>
      this.#batch("getMany", { get: some }, "get"),
    );
    return told.map((one) => {
      if (one.status !== 200 && one.status !== 404) throw this.#error("getMany", one.key, one);
      return one.value ?? null;
    });
  }

  async setMany(entries: readonly Item[]): Promise<Outcome<Written>[]> {
    const told = await this.#inBatches(entries, (some) =>
      this.#batch("setMany", { set: some }, "set"),
    );
    return told.map((one) => {
      if (one.status !== 204) return { ok: false, error: this.#error("setMany", one.key, one) };
      return { ok: true, value: { version: one.version ?? "", expiresAt: one.expiresAt ?? null } };
    });
  }

  async deleteMany(keys: readonly string[]): Promise<Outcome<void>[]> {
    const told = await this.#inBatches(keys, (some) =>
      this.#batch("deleteMany", { delete: some }, "delete"),
    );
    return told.map((one) => {
      if (one.status !== 204) return { ok: false, error: this.#error("deleteMany", one.key, one) };
      return { ok: true, value: undefined };
    });
  }

  diagnose(): Promise<Finding[]> {
    return Promise.reject(new Error("HTTP has no such request"));
  }

  async close(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {}

  #path(key: string): string {
    return `/v1/${this.#store}/keys/${encodeURIComponent(key)}`;
  }

  async #put(
    operation: string,
    key: string,
    value: string,
    expiry: Expiry,
    headers: { readonly [name: string]: string },
  ): Promise<Written> {
    const body = encoder.encode(value);
    const answer = await this.#send("PUT", this.#path(key) + queryOf(expiry), { headers, body });
    await this.#require(answer, operation, key);
    return writtenOf(answer);
  }

  async #batch(operation: string, batch: Batch, part: "set" | "delete" | "get"): Promise<Told[]> {
    const answer = await this.#send("POST", `/v1/${this.#store}/batch`, {
      headers: { "Content-Type": "application/json" },
      body: encoder.encode(JSON.stringify(batch)),
    });
    await this.#require(answer, operation, null);
    return (await answer.json<{ [part: string]: Told[] }>())[part] ?? [];
  }

  // A request takes 100 keys, and writes each of them once.
  async #inBatches<One extends string | { readonly key: string }>(
    all: readonly One[],
    send: (some: One[]) => Promise<Told[]>,
  ): Promise<Told[]> {
    const told: Told[] = [];
    let some = new Map<string, One>();
    for (const one of all) {
      const key = typeof one === "string" ? one : one.key;
      if (some.size === batchKeys || some.has(key)) {
        told.push(...(await send([...some.values()])));
        some = new Map();
      }
      some.set(key, one);
    }
    return some.size === 0 ? told : [...told, ...(await send([...some.values()]))];
  }

  #only<T>(outcomes: readonly Outcome<T>[]): T {
    const [outcome] = outcomes;
    if (outcome === undefined) throw new Error("the batch answered nothing");
    if (!outcome.ok) throw outcome.error;
    return outcome.value;
  }

  async #require(answer: Response, operation: string, key: string | null): Promise<void> {
    if (!answer.ok) throw this.#error(operation, key, await problemOf(answer));
  }

  #error(
    operation: string,
    key: string | null,
    { code = "", detail = "", hint = "", status = 0 }: Partial<Told>,
  ): KvError {
    if (!codes.includes(code as KvErrorCode)) throw new Error(`${status} ${code}: ${detail}`);
    const retryable = status === 429 || status === 503 || status === 504;
    const fields = { message: detail, store: this.name, operation, key, retryable, hint };
    return new KvError({ code: code as KvErrorCode, ...fields });
  }
}

// A path cannot end in these: a URL resolves them, however they are encoded. A batch can name them.
function isDots(key: string): boolean {
  return key === "." || key === "..";
}

function queryOf({ ttlSeconds, expiresAt }: { ttlSeconds?: number; expiresAt?: number }): string {
  const query: string[] = [];
  if (ttlSeconds !== undefined) query.push(`ttl=${ttlSeconds}`);
  if (expiresAt !== undefined) query.push(`expiresAt=${expiresAt}`);
  return query.length === 0 ? "" : `?${query.join("&")}`;
}

async function problemOf(answer: Response): Promise<Partial<Told>> {
  const type = answer.headers.get("Content-Type");
  if (type !== "application/problem+json") throw new Error(`${answer.status} without a problem`);
  return { ...(await answer.json<Partial<Told>>()), status: answer.status };
}

function writtenOf({ headers }: Response): Written {
  const [, version = ""] = /^"([0-9a-f]{32})"$/.exec(headers.get("ETag") ?? "") ?? [];
  const moment = headers.get("Kvista-Expires-At");
  return { version, expiresAt: moment === null ? null : Date.parse(moment) / 1000 };
}

async function entryOf(answer: Response): Promise<Entry> {
  return { value: decoder.decode(await answer.arrayBuffer()), ...writtenOf(answer) };
}

function byBytes(a: string, b: string): number {
  const [left, right] = [encoder.encode(a), encoder.encode(b)];
  const at = left.findIndex((byte, i) => byte !== right[i]);
  return at < 0 ? left.length - right.length : (left[at] ?? 0) - (right[at] ?? -1);
}
