// The types of Uploadista's two records, as its core declares them. Nothing here looks at a record.

export type JobStatus =
  | "pending"
  | "running"
  | "completed"
  | "failed"
  | "started"
  | "paused"
  | "cancelled";

export type TraceContext = {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
};

export type UploadFile = {
  id: string;
  offset: number;
  storage: {
    id: string;
    type: string;
    path?: string | undefined;
    uploadId?: string | undefined;
    bucket?: string | undefined;
    parts?: { partNumber: number; etag: string; size: number }[] | undefined;
  };
  flow?: { flowId: string; nodeId: string; jobId: string } | undefined;
  size?: number | undefined;
  metadata?: Record<string, unknown> | undefined;
  creationDate?: string | undefined;
  url?: string | undefined;
  sizeIsDeferred?: boolean | undefined;
  checksum?: string | undefined;
  checksumAlgorithm?: string | undefined;
  traceContext?: TraceContext | undefined;
};

export type FlowJobTask = {
  nodeId: string;
  status: Exclude<JobStatus, "cancelled">;
  result?: unknown;
  error?: string | undefined;
  retryCount?: number | undefined;
  createdAt: Date;
  updatedAt: Date;
};

/** Dates are texts after a store of JSON, and dates after a Durable Object of this entry. */
export type FlowJob = {
  id: string;
  flowId: string;
  storageId: string;
  clientId: string | null;
  status: JobStatus;
  createdAt: Date;
  updatedAt: Date;
  tasks: FlowJobTask[];
  error?: string | undefined;
  endedAt?: Date | undefined;
  result?: unknown[] | undefined;
  pausedAt?: string | undefined;
  executionState?:
    | { executionOrder: string[]; currentIndex: number; inputs: Record<string, unknown> }
    | undefined;
  intermediateFiles?: string[] | undefined;
  activeUploads?: string[] | undefined;
  traceContext?: TraceContext | undefined;
};
