// The record of a flow's run, as Uploadista's FlowJob has it.
import type { JsonValue, KvStore } from "../contract.ts";
import { type RecordOptions, RecordStore, type RecordTraits } from "./record-store.ts";
import type { TraceContext } from "./uploads.ts";

export type FlowJobStatus =
  | "pending"
  | "running"
  | "completed"
  | "failed"
  | "started"
  | "paused"
  | "cancelled";

export type FlowJobTask = {
  readonly nodeId: string;
  readonly status: Exclude<FlowJobStatus, "cancelled">;
  readonly result?: JsonValue;
  readonly error?: string;
  readonly retryCount?: number;
  readonly createdAt?: Date;
  readonly updatedAt?: Date;
};

/** What a node gave. */
export type FlowOutput = {
  readonly nodeId: string;
  readonly nodeType?: string;
  readonly data: JsonValue;
  readonly timestamp: Date | string;
};

export type FlowJob = {
  readonly id: string;
  readonly flowId: string;
  readonly storageId: string;
  readonly clientId?: string | null;
  readonly status: FlowJobStatus;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly tasks: readonly FlowJobTask[];
  readonly error?: string;
  readonly endedAt?: Date;
  readonly result?: readonly FlowOutput[];
  /** The node at which it was paused. */
  readonly pausedAt?: string;
  readonly executionState?: {
    readonly executionOrder: readonly string[];
    readonly currentIndex: number;
    readonly inputs: { readonly [node: string]: JsonValue };
  };
  readonly intermediateFiles?: readonly string[];
  readonly activeUploads?: readonly string[];
  readonly traceContext?: TraceContext;
};

export class FlowJobs extends RecordStore<FlowJob, FlowJobStatus> {}

// Moments are dates here, and text where they are stored.
const moments: ReadonlySet<string> = new Set(["createdAt", "updatedAt", "endedAt"]);

function withDates<T extends object>(fields: T): T {
  const dated = Object.entries(fields).map(([name, value]) => [
    name,
    moments.has(name) ? new Date(value) : value,
  ]);
  return Object.fromEntries(dated);
}

function parse(text: string): FlowJob {
  const job: FlowJob = withDates(JSON.parse(text));
  return { ...job, tasks: job.tasks.map(withDates) };
}

const traits: RecordTraits<FlowJob, FlowJobStatus> = {
  kind: "flow-job",
  prefix: "uploadista:flow-job:",
  parse,
  statusOf: ({ status }) => status,
  changedAt: ({ updatedAt }) => updatedAt,
};

/**
 * The flow jobs in a store, one record each, which no writer overwrites for another. It takes a store
 * that can change a value atomically, else it throws `UNSUPPORTED`.
 */
export function flowJobs(store: KvStore, options: RecordOptions = {}): FlowJobs {
  return new FlowJobs(store, traits, options);
}
