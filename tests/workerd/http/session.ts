// How the HTTP tests talk to the Worker: through its own entry, with the tokens of vitest.config.ts.
import { exports } from "cloudflare:workers";
import type { ByteStore } from "../../../bindings/contract/bytes.ts";
import { httpFront } from "../../../worker/app.ts";
import type { Env } from "../../../worker/env.ts";
import { boundStores, type Stores } from "../../../worker/stores.ts";
import { patient } from "../../patience.ts";

declare global {
  namespace Cloudflare {
    interface GlobalProps {
      mainModule: typeof import("../../../worker/index.ts");
    }
  }
}

export type Asked = {
  /** `null` sends none. */
  readonly token?: string | null;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: BodyInit;
};

export const tokens = {
  all: "kvista-dev",
  writerA: "writer-a",
  readerA: "reader-a",
  writerB: "writer-b",
} as const;

const origin = "http://kvista.test";

// A request gives no deadline: the Worker's own stores get one here that a slow machine keeps.
const { open } = boundStores;
boundStores.open = (...given) => {
  const store = open(...given);
  return store === null ? null : patient(store);
};

/** The request as a client would send it. */
export function requestOf(method: string, path: string, asked: Asked = {}): Request {
  const { token = tokens.all, headers = {}, body } = asked;
  const sent = new Headers(headers);
  if (token !== null) sent.set("Authorization", `Bearer ${token}`);
  // A body of which the type is not given has none, rather than the one of its JavaScript type.
  const init: RequestInit = { method, headers: sent };
  if (body !== undefined) init.body = typeof body === "string" ? encoder.encode(body) : body;
  return new Request(`${origin}${path}`, init);
}

/** What the deployed Worker answers. */
export function ask(method: string, path: string, asked: Asked = {}): Promise<Response> {
  return exports.default.fetch(requestOf(method, path, asked));
}

/** What a front over other stores, or in another environment, answers. */
export async function askFront(
  request: Request,
  { env, stores }: { env: Env; stores: Stores },
): Promise<Response> {
  return httpFront(stores).fetch(request, env);
}

/** A store of which some operations do something else. */
export function storeWith(store: ByteStore, replaced: Partial<ByteStore>): ByteStore {
  return new Proxy(store, {
    get(target, name) {
      if (Object.hasOwn(replaced, name)) return Reflect.get(replaced, name);
      const own = Reflect.get(target, name);
      return typeof own === "function" ? own.bind(target) : own;
    },
  });
}

/** The path of a key, percent-encoded as the README says. */
export function keyPath(store: string, key: string): string {
  return `/v1/${store}/keys/${encodeURIComponent(key)}`;
}

/** A namespace of a test's own, so that tests do not see each other's keys. */
export function freshPrefix(): string {
  return `test-${crypto.randomUUID()}:`;
}

/** The members of a problem, or of any JSON answer. */
export async function jsonOf(response: Response): Promise<{ [member: string]: unknown }> {
  return response.json();
}

const encoder = new TextEncoder();
