// KvObject and KvCatalog that die at a chosen point of an operation. Everything in workerd runs on one
// thread, so that no timer of a test would come between.

import type {
  RemoteAnswer,
  RemoteHead,
  RemoteValue,
} from "../../../bindings/boundary/remote-message.ts";
import type { RemoteNamespace } from "../../../bindings/contract/platform.ts";
import type { ObjectRpc } from "../../../bindings/stores/durable-object/durable-object-host.ts";
import {
  KvCatalog,
  type KvCatalogEnv,
} from "../../../bindings/stores/durable-object/kv-catalog.ts";
import { KvObject } from "../../../bindings/stores/durable-object/kv-object.ts";

type FragileEnv = {
  readonly FRAGILE_OBJECTS: RemoteNamespace;
  readonly FRAGILE_CATALOG: RemoteNamespace;
};

/** At which of the points that follow somebody dies; the tests and the objects share this module. */
export const fate = {
  dieAt: Number.POSITIVE_INFINITY,
  /** Whether it happens again, as many points later. */
  again: false,
  passed: 0,
  deaths: [] as string[],

  /** From now on: the `point`th point that is passed (from 1) kills the one that passes it. */
  arm(point: number, again = false): void {
    Object.assign(this, { dieAt: point, again, passed: 0, deaths: [] });
  },
  disarm(): void {
    this.dieAt = Number.POSITIVE_INFINITY;
  },
};

/** Kills the object that passes the fatal point; what is `kept` has been written to the disk by then. */
async function pass(name: string, ctx: DurableObjectState, kept = false): Promise<void> {
  fate.passed += 1;
  if (fate.passed !== fate.dieAt) return;
  fate.deaths.push(name);
  if (fate.again) fate.passed = 0;
  else fate.disarm();
  if (kept) await ctx.storage.sync();
  ctx.abort(`died: ${name}`);
  await new Promise<never>(() => {});
}

/** The namespace, with a point before each call and one after its reply. */
function watched(inner: RemoteNamespace, name: string, ctx: DurableObjectState): RemoteNamespace {
  return {
    idFromName: (key) => inner.idFromName(key),
    get: (id): ObjectRpc => ({
      async kvista(head, value) {
        await pass(`${name} is about to call`, ctx);
        const answer = await (inner.get(id) as ObjectRpc).kvista(head, value);
        await pass(`${name} has the reply`, ctx);
        return answer;
      },
    }),
  };
}

/** Serves a call, with points before it, and after it with what it wrote lost and kept. */
async function serve(
  name: string,
  ctx: DurableObjectState,
  carryOut: () => RemoteAnswer | Promise<RemoteAnswer>,
): Promise<RemoteAnswer> {
  await pass(`${name} is called`, ctx);
  const answer = await carryOut();
  await pass(`${name} is about to answer`, ctx);
  await pass(`${name} is about to answer, and has written`, ctx, true);
  return answer;
}

export class FragileObject extends KvObject {
  constructor(ctx: DurableObjectState, env: FragileEnv) {
    super(ctx, { KVISTA_CATALOG: watched(env.FRAGILE_CATALOG, "the object", ctx) });
  }

  override kvista(head: RemoteHead, value: RemoteValue): Promise<RemoteAnswer> {
    return serve("the object", this.ctx, () => super.kvista(head, value));
  }
}

export class FragileCatalog extends KvCatalog {
  constructor(ctx: DurableObjectState, env: FragileEnv) {
    const own: KvCatalogEnv = {
      KVISTA_OBJECTS: watched(env.FRAGILE_OBJECTS, "the shard", ctx),
      KVISTA_CATALOG: watched(env.FRAGILE_CATALOG, "the shard", ctx),
    };
    super(ctx, own);
  }

  override kvista(head: RemoteHead, value: RemoteValue): Promise<RemoteAnswer> {
    return serve("the shard", this.ctx, () => super.kvista(head, value));
  }
}
