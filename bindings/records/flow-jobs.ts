// The record of one run of a flow, with the fields of Uploadista's FlowJob.
import type { KvStore } from "../contract/contract.ts";
import { recordPrefixes } from "../contract/record-use.ts";
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

/** One node of a flow in one run. */
export type FlowJobTask = {
  nodeId: string;
  status: Exclude<FlowJobStatus, "cancelled">;
  result?: unknown;
  error?: string | undefined;
  retryCount?: number | undefined;
  createdAt: Date;
  updatedAt: Date;
};

/** `flowJobs` returns its moments as dates; the stored JSON has them as text. */
export type FlowJob = {
  id: string;
  flowId: string;
  storageId: string;
  clientId: string | null;
  status: FlowJobStatus;
  createdAt: Date;
  updatedAt: Date;
  tasks: FlowJobTask[];
  error?: string | undefined;
  endedAt?: Date | undefined;
  /** The results of the nodes, each with its `nodeId`. */
  result?: unknown[] | undefined;
  /** The id of the node at which the flow was paused. */
  pausedAt?: string | undefined;
  executionState?:
    | { executionOrder: string[]; currentIndex: number; inputs: Record<string, unknown> }
    | undefined;
  intermediateFiles?: string[] | undefined;
  activeUploads?: string[] | undefined;
  traceContext?: TraceContext | undefined;
};

/** `flowJobs` makes it. */
export class FlowJobs extends RecordStore<FlowJob, FlowJobStatus> {}

// Fields that are dates here and text in the stored JSON.
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
  prefix: recordPrefixes["flow-job"],
  parse,
  statusOf: ({ status }) => status,
  changedAt: ({ updatedAt }) => updatedAt,
};

/**
 * The flow jobs in a store, each as one record. Writers at the same time lose nothing of each
 * other's changes. Throws `UNSUPPORTED` if the store cannot change a value atomically.
 */
export function flowJobs(store: KvStore, options: RecordOptions = {}): FlowJobs {
  return new FlowJobs(store, traits, options);
}
