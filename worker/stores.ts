// The stores that this Worker serves: which are configured, and each opened once.
import type { ByteStore } from "../bindings/contract-bytes.ts";
import { cloudflareKvStore } from "../bindings/stores/cloudflare-kv.ts";
import { durableObjectKvStore } from "../bindings/stores/durable-object.ts";
import { memoryKvStore } from "../bindings/stores/memory.ts";
import type { Env } from "./env.ts";

/** The binding that makes a store what it is, and how the store is opened over it. */
type Source = { readonly identity: object; readonly open: () => ByteStore };

// One memory store an isolate: what it holds is the isolate's, whatever environment asks.
const memory = {};

const sources: { readonly [name: string]: (env: Env) => Source | null } = {
  kv: ({ UPLOADISTA_KV: kv }) =>
    kv === undefined ? null : { identity: kv, open: () => cloudflareKvStore({ kv }) },
  do: ({ KVISTA_OBJECTS: namespace, KVISTA_CATALOG: catalog }) =>
    namespace === undefined || catalog === undefined
      ? null
      : { identity: namespace, open: () => durableObjectKvStore({ namespace, catalog }) },
  memory: ({ KVISTA_MEMORY }) =>
    KVISTA_MEMORY === "on" ? { identity: memory, open: () => memoryKvStore() } : null,
};

const opened = new WeakMap<object, ByteStore>();

/** The stores that a front serves. */
export type Stores = {
  /** The names of those that are configured. */
  names(env: Env): string[];
  /** The store of that name below a namespace, or `null` if there is none or it is not configured. */
  open(env: Env, name: string, namespace: string): ByteStore | null;
};

/** The stores over the bindings of the environment, each opened once. */
export const boundStores: Stores = {
  names: (env) => Object.keys(sources).filter((name) => sources[name]?.(env)),

  open(env, name, namespace) {
    const source = Object.hasOwn(sources, name) ? sources[name]?.(env) : null;
    if (!source) return null;
    let store = opened.get(source.identity);
    if (store === undefined) {
      store = source.open();
      opened.set(source.identity, store);
    }
    return store.scope(namespace);
  },
};
