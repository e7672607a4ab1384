// UploadFileObject: the Durable Object class whose objects each keep one upload's record.

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

  /** The record, or `undefined`. */
  getUploadFile(): Promise<T | undefined> {
    return this.read();
  }

  setUploadFile(value: T): Promise<void> {
    return this.write(value);
  }

  /** Leaves nothing behind; without a record it does nothing. */
  deleteUploadFile(): Promise<void> {
    return this.remove();
  }
}
