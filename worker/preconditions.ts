// Entity tags and the conditions on them (RFC 9110, sections 8.8.3 and 13). A tag is a value's
// version in quotes; versions are content hashes, so the weakened form that Cloudflare makes of our
// tags when it compresses an answer (`W/"…"`) still names the same value and is accepted.
import { KvError } from "../bindings/contract/errors.ts";
import { HttpError } from "./problem.ts";

/** The versions that a header names, or `*` for any. */
export type Tags = readonly string[] | "*";

/** What a write expects of the key: `null` is nothing, `absent` that it does not exist. */
export type Expectation = null | "absent" | readonly string[];

const maxTags = 16;

/** The entity tag of a version. */
export function tagOf(version: string): string {
  return `"${version}"`;
}

/** The tags of an `If-Match` or `If-None-Match`, weak or not; `null` without the header. */
export function tagsOf(name: string, header: string | undefined): Tags | null {
  if (header === undefined) return null;
  if (header.trim() === "*") return "*";
  const tags: string[] = [];
  for (const part of header.split(",")) {
    // Our tags hold no comma, and of a tag that is not ours it matters only that it is one.
    const [, tag] = /^[ \t]*(?:W\/)?"([!#-~\x80-\xff]*)"[ \t]*$/.exec(part) ?? [];
    if (tag === undefined) {
      throw invalid(`${name} is neither * nor entity tags`, 'send a version in quotes: "VERSION"');
    }
    tags.push(tag);
  }
  if (tags.length > maxTags) throw invalid(`${name} has over ${maxTags} tags`, "send fewer");
  return tags;
}

/** Whether a value of that version (`null`: none) is among the tags. */
export function isAmong(tags: Tags, version: string | null): boolean {
  return version !== null && (tags === "*" || tags.includes(version));
}

/** The condition on a write. `If-None-Match: *` is for writes that may create the key. */
export function expectationOf(
  ifMatch: Tags | null,
  ifNoneMatch: Tags | null,
  mayCreate: boolean,
): Expectation {
  if (ifMatch !== null && ifNoneMatch !== null) {
    throw invalid("If-Match and If-None-Match are both given", "give one of them");
  }
  if (ifNoneMatch !== null) {
    if (mayCreate && ifNoneMatch === "*") return "absent";
    const hint = "send If-Match with the version that you read, or for a new key If-None-Match: *";
    throw invalid("If-None-Match cannot be a condition of this write", hint);
  }
  if (ifMatch !== "*") return ifMatch;
  throw invalid("If-Match: * is not supported", "send the version that you read, in quotes");
}

/**
 * Does a write that expects one of several versions. Each is tried by itself, atomically; the first
 * that the key holds is the one that is written over. A tag that is no version of ours matches
 * nothing.
 */
export async function withAnyOf<T>(
  versions: readonly string[],
  write: (version: string) => Promise<T>,
): Promise<T> {
  const ours = versions.filter((version) => /^[0-9a-f]{32}$/.test(version));
  // Without any, a version that no value has lets the store refuse in its own words.
  const tried = ours.length === 0 ? ["0".repeat(32)] : ours;
  let mismatch: unknown;
  for (const version of tried) {
    try {
      return await write(version);
    } catch (error) {
      if (!(error instanceof KvError) || error.code !== "VERSION_MISMATCH") throw error;
      mismatch = error;
    }
  }
  throw mismatch;
}

function invalid(message: string, hint: string): HttpError {
  return new HttpError("INVALID_ARGUMENT", message, hint);
}
