// The record of an upload, with the fields of Uploadista's UploadFile.
import type { Call, KvStore } from "../contract/contract.ts";
import { recordPrefixes } from "../contract/record-use.ts";
import { type RecordOptions, RecordStore, type RecordTraits } from "./record-store.ts";

/** One part of an upload whose data store takes it in parts. */
export type UploadPart = {
  partNumber: number;
  etag: string;
  /** In bytes. */
  size: number;
};

export type TraceContext = { traceId: string; spanId: string; traceFlags: number };

/** The record of an upload. */
export type UploadFile = {
  id: string;
  /** How many bytes have arrived. */
  offset: number;
  storage: {
    id: string;
    type: string;
    path?: string | undefined;
    uploadId?: string | undefined;
    bucket?: string | undefined;
    parts?: UploadPart[] | undefined;
  };
  flow?: { flowId: string; nodeId: string; jobId: string } | undefined;
  /** In bytes; absent while the size is unknown. */
  size?: number | undefined;
  metadata?: Record<string, unknown> | undefined;
  /** ISO 8601. */
  creationDate?: string | undefined;
  url?: string | undefined;
  sizeIsDeferred?: boolean | undefined;
  checksum?: string | undefined;
  checksumAlgorithm?: string | undefined;
  traceContext?: TraceContext | undefined;
};

/** An upload is complete when its offset is its size. The record itself has no status. */
export type UploadStatus = "uploading" | "complete";

/** The progress of an upload: bytes have arrived up to `offset`, or `parts` have been stored, or both. */
export type UploadProgress = {
  readonly offset?: number;
  readonly parts?: UploadPart[];
};

/** `uploads` makes it. */
export class Uploads extends RecordStore<UploadFile, UploadStatus> {
  /**
   * Records progress, and resolves with the new record. The offset grows to the given one, or stays
   * if it is larger already. The given parts are added to the stored ones. Calls at the same time
   * lose nothing of each other's progress. Rejects with `NOT_FOUND` if there is no such upload.
   */
  advance(id: string, { offset, parts }: UploadProgress, call?: Call): Promise<UploadFile> {
    const change = {
      ...(offset === undefined ? {} : { offset }),
      ...(parts === undefined ? {} : { storage: { parts } }),
    };
    return this.update(id, change, call);
  }
}

const traits: RecordTraits<UploadFile, UploadStatus> = {
  kind: "upload",
  prefix: recordPrefixes.upload,
  parse: (text) => JSON.parse(text),
  statusOf: ({ offset, size }) => (offset === size ? "complete" : "uploading"),
  changedAt: ({ creationDate }) => (creationDate ? new Date(creationDate) : undefined),
};

/**
 * The uploads in a store, each as one record. Writers at the same time lose nothing of each other's
 * changes. Throws `UNSUPPORTED` if the store cannot change a value atomically.
 */
export function uploads(store: KvStore, options: RecordOptions = {}): Uploads {
  return new Uploads(store, traits, options);
}
