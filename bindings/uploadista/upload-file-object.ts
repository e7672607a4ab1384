// UploadFileObject: the Durable Object class whose objects each hold the record of one upload.

import type { UploadFile } from "../records/uploads.ts";
import { RecordObject } from "./record-object.ts";

/**
 * Export it from your Worker and bind it (as a SQLite class); pass the binding to
 * `cloudflareDoUploadStore({ durableObject })`, this entry's or Uploadista's own.
 */
export class UploadFileObject<
  T extends UploadFile = UploadFile,
  Env = unknown,
> extends RecordObject<T, Env> {
  protected readonly messageType = "upload_event";

  /** The record, or `undefined` if there is none. */
  getUploadFile(): Promise<T | undefined> {
    return this.read();
  }

  setUploadFile(value: T): Promise<void> {
    return this.write(value);
  }

  /** Deletes everything in the object. It also succeeds if there is no record. */
  deleteUploadFile(): Promise<void> {
    return this.remove();
  }
}
