// Carries out n operations for each request, through our store or through a bare class. Loops are
// functions of their own: workerd runs one large function with many branches several times slower.
import { DurableObject } from "cloudflare:workers";
import { durableObjectKvStore, type KvStore } from "../../bindings/entries/index.workerd.ts";
import { KvCatalog, type KvCatalogEnv } from "../../bindings/stores/durable-object/kv-catalog.ts";
import { KvObject } from "../../bindings/stores/durable-object/kv-object.ts";
import { otherValue, value, Walk, walkOf } from "./walk.ts";

export { KvCatalog, KvObject };

type Env = KvCatalogEnv & {
  readonly BARE_OBJECTS: DurableObjectNamespace<BareObject>;
  readonly HOLDERS: DurableObjectNamespace<Holder>;
};

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

  ourGet(n: number, count: number): Promise<void> {
    return getAll(this.#store, n, walkOf("holder get", count));
  }
  ourSet(n: number, count: number): Promise<void> {
    return setAll(this.#store, n, walkOf("holder set", count));
  }
  ourSetChanging(n: number, count: number): Promise<void> {
    return setChanging(this.#store, n, walkOf("holder change", count));
  }
  async bareGet(n: number, count: number): Promise<void> {
    const { storage } = this.ctx;
    const walk = walkOf("bare holder get", count);
    for (let i = 0; i < n; i++) present(await storage.get<string>(walk.key()));
  }
  async bareSet(n: number, count: number): Promise<void> {
    const { storage } = this.ctx;
    const walk = walkOf("bare holder set", count);
    for (let i = 0; i < n; i++) await storage.put(walk.key(), value);
  }
  async bareSetChanging(n: number, count: number): Promise<void> {
    const { storage } = this.ctx;
    const walk = walkOf("bare holder change", count);
    for (let i = 0; i < n; i++) await storage.put(walk.key(), walk.changingValue());
  }
}

async function getAll(store: KvStore, n: number, walk: Walk): Promise<void> {
  for (let i = 0; i < n; i++) present(await store.get(walk.key()));
}

async function setAll(store: KvStore, n: number, walk: Walk): Promise<void> {
  for (let i = 0; i < n; i++) await store.set(walk.key(), value);
}

async function setChanging(store: KvStore, n: number, walk: Walk): Promise<void> {
  for (let i = 0; i < n; i++) await store.set(walk.key(), walk.changingValue());
}

async function setNew(store: KvStore, n: number): Promise<void> {
  const run = crypto.randomUUID();
  for (let i = 0; i < n; i++) await store.set(`${run}:${i}`, value);
}

type Bare = DurableObjectNamespace<BareObject>;

async function bareGetAll(objects: Bare, n: number, walk: Walk): Promise<void> {
  for (let i = 0; i < n; i++) present(await stubOf(objects, walk.key()).read());
}

async function bareSetAll(objects: Bare, n: number, walk: Walk): Promise<void> {
  for (let i = 0; i < n; i++) await stubOf(objects, walk.key()).write(value);
}

async function bareSetChanging(objects: Bare, n: number, walk: Walk): Promise<void> {
  for (let i = 0; i < n; i++) await stubOf(objects, walk.key()).write(walk.changingValue());
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

/** n operations over so many keys. */
type Task = (env: Env, n: number, count: number) => Promise<void>;

const ourStore = (env: Env) =>
  durableObjectKvStore({ namespace: env.KVISTA_OBJECTS, catalog: env.KVISTA_CATALOG });
const ourHolder = ({ HOLDERS }: Env) => HOLDERS.get(HOLDERS.idFromName("kvista"));
const bareHolder = ({ HOLDERS }: Env) => HOLDERS.get(HOLDERS.idFromName("bare"));

const tasks: { readonly [path: string]: { readonly kvista: Task; readonly bare: Task } } = {
  "/get": {
    kvista: (env, n, count) => getAll(ourStore(env), n, walkOf("get", count)),
    bare: (env, n, count) => bareGetAll(env.BARE_OBJECTS, n, walkOf("bare get", count)),
  },
  "/set": {
    kvista: (env, n, count) => setAll(ourStore(env), n, walkOf("set", count)),
    bare: (env, n, count) => bareSetAll(env.BARE_OBJECTS, n, walkOf("bare set", count)),
  },
  "/set-changing": {
    kvista: (env, n, count) => setChanging(ourStore(env), n, walkOf("change", count)),
    bare: (env, n, count) => bareSetChanging(env.BARE_OBJECTS, n, walkOf("bare change", count)),
  },
  "/first-set": {
    kvista: (env, n) => setNew(ourStore(env), n),
    bare: (env, n) => bareSetNew(env.BARE_OBJECTS, n),
  },
  "/storage-get": {
    kvista: (env, n, count) => ourHolder(env).ourGet(n, count),
    bare: (env, n, count) => bareHolder(env).bareGet(n, count),
  },
  "/storage-set": {
    kvista: (env, n, count) => ourHolder(env).ourSet(n, count),
    bare: (env, n, count) => bareHolder(env).bareSet(n, count),
  },
  "/storage-set-changing": {
    kvista: (env, n, count) => ourHolder(env).ourSetChanging(n, count),
    bare: (env, n, count) => bareHolder(env).bareSetChanging(n, count),
  },
};

// Each object syncs its own file: one after the other, they would wait for the disk most of the time.
const atOnce = 16;

async function forEachKey(count: number, task: (key: string) => Promise<unknown>): Promise<void> {
  const walk = new Walk(count);
  for (let done = 0; done < count; done += atOnce) {
    const keys = Array.from({ length: Math.min(atOnce, count - done) }, () => walk.key());
    await Promise.all(keys.map(task));
  }
}

async function prepare(env: Env, count: number): Promise<void> {
  const store = ourStore(env);
  await forEachKey(count, (key) => store.set(key, value));
  await forEachKey(count, (key) => stubOf(env.BARE_OBJECTS, key).write(value));
  await tasks["/storage-set"]?.kvista(env, count, count);
  await tasks["/storage-set"]?.bare(env, count, count);
}

/** Reads every key, so that no object has to start when it is measured. */
async function wake(env: Env, count: number): Promise<number> {
  const store = ourStore(env);
  await forEachKey(count, (key) => store.get(key));
  await forEachKey(count, (key) => stubOf(env.BARE_OBJECTS, key).read());
  return count;
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const count = Number(searchParams.get("keys"));
    if (pathname === "/wake") return Response.json(await wake(env, count));
    if (pathname === "/prepare") {
      await prepare(env, count);
      return Response.json(count);
    }
    const n = Number(searchParams.get("n"));
    const of = searchParams.get("of") === "kvista" ? "kvista" : "bare";
    await tasks[pathname]?.[of](env, n, count);
    return Response.json(n);
  },
};
