// FlowJobObject: the Durable Object class whose objects each keep one flow job's record.

import type { FlowJob } from "../records/flow-jobs.ts";
import { RecordObject } from "./record-object.ts";

/**
 * Export it from your Worker and bind it (as a SQLite class); pass the binding to
 * `cloudflareDoFlowJobKvStore({ durableObject })`, this entry's or Uploadista's own.
 */
export class FlowJobObject<T extends FlowJob = FlowJob, Env = unknown> extends RecordObject<
  T,
  Env
> {
  protected readonly messageType = "flow_event";

  /** The record, or `undefined`. */
  getFlowJob(): Promise<T | undefined> {
    return this.read();
  }

  setFlowJob(value: T): Promise<void> {
    return this.write(value);
  }

  /** Leaves nothing behind; without a record it does nothing. */
  deleteFlowJob(): Promise<void> {
    return this.remove();
  }
}
