// The record of an upload, as Uploadista's UploadFile has it.
import type { Call, KvStore } from "../contract/contract.ts";
import { recordPrefixes } from "../contract/record-use.ts";
import { type RecordOptions, RecordStore, type RecordTraits } from "./record-store.ts";

/** A part of an upload that is stored in parts. */
export type UploadPart = {
  partNumber: number;
  etag: string;
  /** In bytes. */
  size: number;
};

export type TraceContext = { traceId: string; spanId: string; traceFlags: number };

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
  /** In bytes; absent while it is not known. */
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

/** An upload has no status of its own: it is complete once its offset is its size. */
export type UploadStatus = "uploading" | "complete";

/** What has arrived: bytes up to an offset, or parts, or both. */
export type UploadProgress = {
  readonly offset?: number;
  readonly parts?: UploadPart[];
};

export class Uploads extends RecordStore<UploadFile, UploadStatus> {
  /**
   * Records progress: the offset grows to the given one, unless it is beyond that already, and parts
   * are added to those that are there. Of calls at the same time each counts. `NOT_FOUND` if there is
   * no upload.
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
 * The uploads in a store, one record each, which no writer overwrites for another. It takes a store
 * that can change a value atomically, else it throws `UNSUPPORTED`.
 */
export function uploads(store: KvStore, options: RecordOptions = {}): Uploads {
  return new Uploads(store, traits, options);
}
