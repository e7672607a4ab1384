// The routes of one key: they read, write, patch and delete it. Values pass through as bytes and
// are never decoded.
import type { Context } from "hono";
import type { ByteEntry } from "../bindings/contract/bytes.ts";
import type { Written } from "../bindings/contract/contract.ts";
import { maxValueBytes } from "../bindings/contract/limits.ts";
import { bodyOf } from "./body.ts";
import { type Front, storeOf } from "./context.ts";
import { expectationOf, isAmong, tagOf, tagsOf, withAnyOf } from "./preconditions.ts";
import { HttpError } from "./problem.ts";
import { expiryOf, requireNoQuery } from "./query.ts";
import { keyOf } from "./request-key.ts";
import { requireWrite } from "./tokens.ts";

// The largest JSON text that the core parses.
const maxPatchBytes = 4 * 1024 * 1024;

/** `GET` and `HEAD`: the raw value; 304 and 412 by its conditions; 404 if the key is absent. */
export async function getValue(c: Context<Front>): Promise<Response> {
  const store = storeOf(c);
  requireNoQuery(c.req.url);
  const key = keyOf(c.req.path);
  const { ifMatch, ifNoneMatch } = conditionsOf(c);
  const entry = await store.entryBytes(key);
  if (ifMatch !== null && !isAmong(ifMatch, entry?.version ?? null)) throw mismatch(key);
  if (entry === null) {
    const hint = "the key was never written, was deleted, or has expired";
    throw new HttpError("NOT_FOUND", "there is no such key", hint, { key });
  }
  if (ifNoneMatch !== null && isAmong(ifNoneMatch, entry.version)) {
    return new Response(null, { status: 304, headers: writtenHeaders(entry) });
  }
  return valueResponse(entry);
}

/** `PUT`: the body is the value; 204 with its `ETag`. */
export async function putValue(c: Context<Front>): Promise<Response> {
  const store = storeOf(c);
  requireWrite(c.get("grant"));
  const key = keyOf(c.req.path);
  const expiry = expiryOf(c.req.url);
  const { ifMatch, ifNoneMatch } = conditionsOf(c);
  const expected = expectationOf(ifMatch, ifNoneMatch, true);
  const value = await bodyOf(c.req.raw, { maxBytes: maxValueBytes });
  let written: Written;
  if (expected === null) written = await store.setBytes(key, value, expiry);
  else if (expected === "absent") {
    written = await store.compareAndSetBytes(key, null, value, expiry);
  } else {
    written = await withAnyOf(expected, (version) =>
      store.compareAndSetBytes(key, version, value, expiry),
    );
  }
  return new Response(null, { status: 204, headers: writtenHeaders(written) });
}

/** `PATCH`: merges the body (RFC 7396) into the stored JSON; 200 with the new value. */
export async function patchValue(c: Context<Front>): Promise<Response> {
  const store = storeOf(c);
  requireWrite(c.get("grant"));
  const key = keyOf(c.req.path);
  const expiry = expiryOf(c.req.url);
  const { ifMatch, ifNoneMatch } = conditionsOf(c);
  const expected = expectationOf(ifMatch, ifNoneMatch, false);
  const type = "application/merge-patch+json";
  const mergePatch = await bodyOf(c.req.raw, { maxBytes: maxPatchBytes, type });
  if (expected === null || expected === "absent") {
    return valueResponse(await store.patchBytes(key, mergePatch, expiry));
  }
  return valueResponse(
    await withAnyOf(expected, (version) =>
      store.patchBytes(key, mergePatch, { ...expiry, version }),
    ),
  );
}

/** `DELETE`: 204, also if the key is absent already; with `If-Match` that is 412. */
export async function deleteValue(c: Context<Front>): Promise<Response> {
  const store = storeOf(c);
  requireWrite(c.get("grant"));
  requireNoQuery(c.req.url);
  const key = keyOf(c.req.path);
  const { ifMatch, ifNoneMatch } = conditionsOf(c);
  const expected = expectationOf(ifMatch, ifNoneMatch, false);
  if (expected === null || expected === "absent") await store.delete(key);
  else await withAnyOf(expected, (version) => store.compareAndDelete(key, version));
  return new Response(null, { status: 204 });
}

function conditionsOf(c: Context<Front>) {
  return {
    ifMatch: tagsOf("If-Match", c.req.header("If-Match")),
    ifNoneMatch: tagsOf("If-None-Match", c.req.header("If-None-Match")),
  };
}

function writtenHeaders({ version, expiresAt }: Written): Headers {
  const headers = new Headers({ ETag: tagOf(version) });
  headers.set("Cache-Control", "no-store, no-transform");
  headers.set("X-Content-Type-Options", "nosniff");
  if (expiresAt !== null) {
    const moment = new Date(expiresAt * 1000).toISOString().replace(".000Z", "Z");
    headers.set("Kvista-Expires-At", moment);
  }
  return headers;
}

function valueResponse(entry: ByteEntry): Response {
  const headers = writtenHeaders(entry);
  headers.set("Content-Type", "text/plain; charset=utf-8");
  headers.set("Content-Length", String(entry.value.length));
  return new Response(entry.value, { headers });
}

function mismatch(key: string): HttpError {
  const hint = "read the key without If-Match to learn its version";
  return new HttpError("VERSION_MISMATCH", "the key holds none of the versions given", hint, {
    key,
  });
}
