// FlowJobObject: the Durable Object class whose objects each hold the record of one flow job.

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

  /** The record, or `undefined` if there is none. */
  getFlowJob(): Promise<T | undefined> {
    return this.read();
  }

  setFlowJob(value: T): Promise<void> {
    return this.write(value);
  }

  /** Deletes everything in the object. It also succeeds if there is no record. */
  deleteFlowJob(): Promise<void> {
    return this.remove();
  }
}
