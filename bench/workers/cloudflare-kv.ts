// Lists a KV namespace through our store or Uploadista's, and counts the calls of `list`.

import { makeCloudflareBaseKvStore } from "@uploadista/kv-store-cloudflare-kv";
import { Effect } from "effect";
import { cloudflareKvStore } from "../../bindings/entries/index.workerd.ts";

type Env = { readonly KV: KVNamespace };
const prefix = "uploadista:upload-file:";

export default {
  async fetch(request: Request, { KV }: Env): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/seed") {
      return seed(KV, Number(searchParams.get("from")), Number(searchParams.get("count")));
    }
    const counted = new Counted(KV);
    const keys = pathname === "/kvista" ? await ours(counted.kv) : await theirs(counted.kv);
    return Response.json({ calls: counted.calls, keys: keys.length });
  },
};

/** The namespace, with a count of the calls of its `list`. */
class Counted {
  calls = 0;
  readonly kv: KVNamespace;

  constructor(kv: KVNamespace) {
    this.kv = new Proxy(kv, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== "function") return member;
        return (...given: unknown[]) => {
          if (name === "list") this.calls++;
          return member.apply(target, given);
        };
      },
    });
  }
}

async function seed(kv: KVNamespace, from: number, count: number): Promise<Response> {
  const keys = Array.from({ length: count }, (_, i) => prefix + String(from + i).padStart(8, "0"));
  await Promise.all(keys.map((key) => kv.put(key, "a value: none is read")));
  return Response.json(count);
}

function ours(kv: KVNamespace): Promise<string[]> {
  return cloudflareKvStore({ kv }).list(prefix);
}

function theirs(kv: KVNamespace): Promise<string[]> {
  return Effect.runPromise(makeCloudflareBaseKvStore({ kv }).list(prefix));
}
