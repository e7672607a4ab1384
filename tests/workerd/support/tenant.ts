// Somebody's own object class that keeps kvista's store beside what is its own: a table, stored values
// and an alarm. The tests look at it from inside with runInDurableObject.
import { DurableObject } from "cloudflare:workers";
import {
  type DurableObjectStorageStore,
  durableObjectKvStore,
} from "../../../bindings/stores/durable-object/durable-object-store.ts";

export class Tenant extends DurableObject {
  readonly store: DurableObjectStorageStore;
  alarms = 0;

  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, env);
    this.store = durableObjectKvStore({ storage: ctx.storage });
  }

  /** The class alone sets its alarm: for its own purposes, and for the next expiry. */
  override async alarm(): Promise<void> {
    this.alarms += 1;
    const next = await this.store.alarm();
    if (next !== null) await this.ctx.storage.setAlarm(next);
  }
}

/** The same over the older storage, which has no SQL. */
export class LegacyTenant extends DurableObject {
  readonly store = durableObjectKvStore({ storage: this.ctx.storage });
}
