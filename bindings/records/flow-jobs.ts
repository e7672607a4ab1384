// The record of a flow's run, as Uploadista's FlowJob has it.
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

export type FlowJobTask = {
  nodeId: string;
  status: Exclude<FlowJobStatus, "cancelled">;
  result?: unknown;
  error?: string | undefined;
  retryCount?: number | undefined;
  createdAt: Date;
  updatedAt: Date;
};

/** Through `flowJobs` its moments are dates; whoever reads the stored JSON finds text. */
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
  /** What the nodes gave: each has its `nodeId`. */
  result?: unknown[] | undefined;
  /** The node at which it was paused. */
  pausedAt?: string | undefined;
  executionState?:
    | { executionOrder: string[]; currentIndex: number; inputs: Record<string, unknown> }
    | undefined;
  intermediateFiles?: string[] | undefined;
  activeUploads?: string[] | undefined;
  traceContext?: TraceContext | undefined;
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
  prefix: recordPrefixes["flow-job"],
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
