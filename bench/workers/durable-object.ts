// Carries out n operations for each request, through our store or through a bare class. Loops are
// functions of their own: workerd runs one large function with many branches several times slower.
import { DurableObject } from "cloudflare:workers";
import { durableObjectKvStore, type KvStore } from "../../bindings/index.workerd.ts";
import { KvCatalog, type KvCatalogEnv } from "../../bindings/stores/kv-catalog.ts";
import { KvObject } from "../../bindings/stores/kv-object.ts";
import { uploadKeys, uploadRecord } from "../workload.ts";

export { KvCatalog, KvObject };

type Env = KvCatalogEnv & {
  readonly BARE_OBJECTS: DurableObjectNamespace<BareObject>;
  readonly HOLDERS: DurableObjectNamespace<Holder>;
};

const keys = uploadKeys(20);
const keyAt = (i: number) => keys[i % keys.length] as string;
const value = uploadRecord(300);
// SQLite writes no page when a row is replaced by the same bytes, so a set of the value that is there
// costs no commit. What an upload's progress sets differs from what is there.
const otherValue = value.replace('"offset":5242880', '"offset":6291456');
let passes = 0;
function changingValueAt(i: number): string {
  if (i % keys.length === 0) passes += 1;
  return passes % 2 === 0 ? value : otherValue;
}

/** What one writes without us: a key's object, which keeps a value in its storage. */
export class BareObject extends DurableObject {
  read(): Promise<string | undefined> {
    return this.ctx.storage.get<string>("value");
  }
  write(text: string): Promise<void> {
    return this.ctx.storage.put("value", text);
  }
}

/** An object that keeps many keys in its own storage. */
export class Holder extends DurableObject {
  readonly #store: KvStore;

  constructor(ctx: DurableObjectState, env: unknown) {
    super(ctx, env as Cloudflare.Env);
    this.#store = durableObjectKvStore({ storage: ctx.storage });
  }

  ourGet(n: number): Promise<void> {
    return getAll(this.#store, n);
  }
  ourSet(n: number): Promise<void> {
    return setAll(this.#store, n);
  }
  ourSetChanging(n: number): Promise<void> {
    return setChanging(this.#store, n);
  }
  async bareGet(n: number): Promise<void> {
    const { storage } = this.ctx;
    for (let i = 0; i < n; i++) present(await storage.get<string>(keyAt(i)));
  }
  async bareSet(n: number): Promise<void> {
    const { storage } = this.ctx;
    for (let i = 0; i < n; i++) await storage.put(keyAt(i), value);
  }
  async bareSetChanging(n: number): Promise<void> {
    const { storage } = this.ctx;
    for (let i = 0; i < n; i++) await storage.put(keyAt(i), changingValueAt(i));
  }
}

async function getAll(store: KvStore, n: number): Promise<void> {
  for (let i = 0; i < n; i++) present(await store.get(keyAt(i)));
}

async function setAll(store: KvStore, n: number): Promise<void> {
  for (let i = 0; i < n; i++) await store.set(keyAt(i), value);
}

async function setChanging(store: KvStore, n: number): Promise<void> {
  for (let i = 0; i < n; i++) await store.set(keyAt(i), changingValueAt(i));
}

async function setNew(store: KvStore, n: number): Promise<void> {
  const run = crypto.randomUUID();
  for (let i = 0; i < n; i++) await store.set(`${run}:${i}`, value);
}

type Bare = DurableObjectNamespace<BareObject>;

async function bareGetAll(objects: Bare, n: number): Promise<void> {
  for (let i = 0; i < n; i++) present(await stubOf(objects, keyAt(i)).read());
}

async function bareSetAll(objects: Bare, n: number): Promise<void> {
  for (let i = 0; i < n; i++) await stubOf(objects, keyAt(i)).write(value);
}

async function bareSetChanging(objects: Bare, n: number): Promise<void> {
  for (let i = 0; i < n; i++) await stubOf(objects, keyAt(i)).write(changingValueAt(i));
}

async function bareSetNew(objects: Bare, n: number): Promise<void> {
  const run = crypto.randomUUID();
  for (let i = 0; i < n; i++) await stubOf(objects, `${run}:${i}`).write(value);
}

// A stub stays broken after a failure, so Cloudflare advises to get one for each call.
function stubOf(objects: Bare, key: string): DurableObjectStub<BareObject> {
  return objects.get(objects.idFromName(key));
}

function present(found: string | null | undefined): void {
  if (found !== value && found !== otherValue) throw new Error("a value that was set is missing");
}

type Task = (env: Env, n: number) => Promise<void>;

const ourStore = (env: Env) =>
  durableObjectKvStore({ namespace: env.KVISTA_OBJECTS, catalog: env.KVISTA_CATALOG });
const ourHolder = ({ HOLDERS }: Env) => HOLDERS.get(HOLDERS.idFromName("kvista"));
const bareHolder = ({ HOLDERS }: Env) => HOLDERS.get(HOLDERS.idFromName("bare"));

const tasks: { readonly [path: string]: { readonly kvista: Task; readonly bare: Task } } = {
  "/get": {
    kvista: (env, n) => getAll(ourStore(env), n),
    bare: (env, n) => bareGetAll(env.BARE_OBJECTS, n),
  },
  "/set": {
    kvista: (env, n) => setAll(ourStore(env), n),
    bare: (env, n) => bareSetAll(env.BARE_OBJECTS, n),
  },
  "/set-changing": {
    kvista: (env, n) => setChanging(ourStore(env), n),
    bare: (env, n) => bareSetChanging(env.BARE_OBJECTS, n),
  },
  "/first-set": {
    kvista: (env, n) => setNew(ourStore(env), n),
    bare: (env, n) => bareSetNew(env.BARE_OBJECTS, n),
  },
  "/storage-get": {
    kvista: (env, n) => ourHolder(env).ourGet(n),
    bare: (env, n) => bareHolder(env).bareGet(n),
  },
  "/storage-set": {
    kvista: (env, n) => ourHolder(env).ourSet(n),
    bare: (env, n) => bareHolder(env).bareSet(n),
  },
  "/storage-set-changing": {
    kvista: (env, n) => ourHolder(env).ourSetChanging(n),
    bare: (env, n) => bareHolder(env).bareSetChanging(n),
  },
};

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/prepare") {
      for (const path of ["/set", "/storage-set"]) {
        await tasks[path]?.kvista(env, keys.length);
        await tasks[path]?.bare(env, keys.length);
      }
      return Response.json(keys.length);
    }
    const n = Number(searchParams.get("n"));
    const of = searchParams.get("of") === "kvista" ? "kvista" : "bare";
    await tasks[pathname]?.[of](env, n);
    return Response.json(n);
  },
};
