// Entity tags and the conditions on them (RFC 9110, sections 8.8.3 and 13). A tag is a value's
// version in quotes. When Cloudflare compresses an answer, it weakens the tag (`W/"…"`). A version
// is a hash of the value, so the weak tag still identifies the value, and is accepted.
import { KvError } from "../bindings/contract/errors.ts";
import { HttpError } from "./problem.ts";

/** The versions that a header names, or `*` for any version. */
export type Tags = readonly string[] | "*";

/**
 * The condition of a write: `null` for none, `absent` if the key must not exist, or the versions of
 * which it must have one.
 */
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
    // Our tags hold no comma. A tag of somebody else matches no value: only its syntax matters.
    const [, tag] = /^[ \t]*(?:W\/)?"([!#-~\x80-\xff]*)"[ \t]*$/.exec(part) ?? [];
    if (tag === undefined) {
      throw invalid(`${name} is neither * nor entity tags`, 'send a version in quotes: "VERSION"');
    }
    tags.push(tag);
  }
  if (tags.length > maxTags) throw invalid(`${name} has over ${maxTags} tags`, "send fewer");
  return tags;
}

/** Whether the tags contain that version; `null` stands for an absent key, which is never among them. */
export function isAmong(tags: Tags, version: string | null): boolean {
  return version !== null && (tags === "*" || tags.includes(version));
}

/** The condition of a write. Only a write that may create the key can have `If-None-Match: *`. */
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
 * Performs a write on the condition that the key has one of several versions. It tries one version
 * after the other, each in an atomic write, until one succeeds. A tag that is not a version matches
 * nothing.
 */
export async function withAnyOf<T>(
  versions: readonly string[],
  write: (version: string) => Promise<T>,
): Promise<T> {
  const ours = versions.filter((version) => /^[0-9a-f]{32}$/.test(version));
  // If there is none, a version that no value has makes the store refuse with its own error.
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
