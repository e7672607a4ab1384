// The route of listings: a page of keys, or of entries with their values.
import type { Context } from "hono";
import type { ByteEntry, ByteStore } from "../bindings/contract/bytes.ts";
import { maxConnections } from "../bindings/contract/limits.ts";
import { readTogether } from "../bindings/rpc/read-many.ts";
import { type Front, storeOf } from "./context.ts";
import { type JsonPiece, jsonBody } from "./json-body.ts";
import { HttpError } from "./problem.ts";
import { type ListQuery, listQueryOf } from "./query.ts";

/** The entries of one page in its order, and the cursor of the next page, or `null` at the end. */
export type EntryPage = {
  readonly entries: readonly (readonly [key: string, entry: ByteEntry])[];
  readonly cursor: string | null;
};

const maxEntries = 200;
const maxValueBytes = 8 * 1024 * 1024;
// After a value of this size, values are read one by one: several of them would fill the isolate's memory.
const largeBytes = 1024 * 1024;

/** `GET /v1/{store}/keys`. */
export async function listKeys(c: Context<Front>): Promise<Response> {
  const store = storeOf(c);
  const query = listQueryOf(c.req.url);
  const headers = { "Content-Type": "application/json", "Cache-Control": "no-store" };
  if (query.values)
    return new Response(jsonBody(piecesOf(await entryPage(store, query))), { headers });
  const { prefix, limit, cursor } = query;
  const page = await store.page({ prefix, limit, ...(cursor === undefined ? {} : { cursor }) });
  return new Response(JSON.stringify(page), { headers });
}

/**
 * A page with its values. It ends before the value that would exceed the limit in bytes, but always
 * has the first value. The cursor must point exactly behind the last entry. So if a page must end
 * early, a page of that many keys is read anew, and the answer has only the keys of that page,
 * whatever was written or deleted meanwhile. Keys that were deleted since the page was read are
 * left out.
 */
export async function entryPage(
  store: ByteStore,
  { prefix, limit, cursor }: Omit<ListQuery, "values">,
): Promise<EntryPage> {
  const from = cursor === undefined ? { prefix } : { prefix, cursor };
  const read = new Map<string, ByteEntry | null>();
  for (let pageLimit = Math.min(limit, maxEntries); ; ) {
    const page = await store.page({ ...from, limit: pageLimit });
    for (const key of read.keys()) if (!page.keys.includes(key)) read.delete(key);
    const fits = await readWithin(store, page.keys, read);
    if (fits === page.keys.length) {
      const entries = page.keys.flatMap((key) => {
        const entry = read.get(key);
        return entry ? [[key, entry] as const] : [];
      });
      return { entries, cursor: page.cursor };
    }
    if (fits >= pageLimit) {
      const hint = "list the keys alone, and read their values one by one";
      throw new HttpError("TOO_LARGE", "the store gave a page that is larger than asked", hint);
    }
    pageLimit = fits;
  }
}

/**
 * Reads the values of `keys` into `read` in their order, and returns how many of the keys fit the
 * limit.
 */
async function readWithin(
  store: ByteStore,
  keys: readonly string[],
  read: Map<string, ByteEntry | null>,
): Promise<number> {
  let bytes = 0;
  let atOnce = 1;
  for (let at = 0; at < keys.length; ) {
    const some = keys.slice(at, at + atOnce);
    const unread = some.filter((key) => !read.has(key));
    const fresh = new Map<string, ByteEntry | null>();
    for (const [i, one] of (await readTogether(unread, (key) => store.entryBytes(key))).entries()) {
      if (one.status === "rejected") throw one.reason;
      fresh.set(unread[i] ?? "", one.value);
    }
    atOnce = maxConnections;
    for (const key of some) {
      const entry = read.get(key) ?? fresh.get(key) ?? null;
      const size = entry?.value.length ?? 0;
      if (at > 0 && bytes + size > maxValueBytes) return at;
      bytes += size;
      at += 1;
      read.set(key, entry);
      if (size > largeBytes) atOnce = 1;
    }
  }
  return keys.length;
}

function* piecesOf({ entries, cursor }: EntryPage): Generator<JsonPiece, undefined> {
  yield '{"entries":[';
  for (const [i, [key, { value, version, expiresAt }]] of entries.entries()) {
    yield `${i === 0 ? "" : ","}{"key":${JSON.stringify(key)},"value":`;
    yield value;
    yield `,"version":${JSON.stringify(version)},"expiresAt":${JSON.stringify(expiresAt)}}`;
  }
  yield `],"cursor":${JSON.stringify(cursor)}}`;
}
