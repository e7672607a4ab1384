// Stands in for the two things that Uploadista's stores import from @uploadista/core, which is on no
// registry. What the benchmark measures does not pass through either of them.
import { Context } from "effect";

export class BaseKvStoreService extends Context.Tag("BaseKvStore")<BaseKvStoreService, unknown>() {}

export class UploadistaError extends Error {
  static fromCode(code: string, options?: { readonly cause?: unknown }): UploadistaError {
    return new UploadistaError(code, options);
  }
}
