// The route of batches: several keys in one request, first all sets, then all deletes, then all
// gets. Each key has its own outcome: a batch is not a transaction.
import type { Context } from "hono";
import type { Outcome, Written } from "../bindings/contract/contract.ts";
import { type Read, readMany } from "../bindings/rpc/read-many.ts";
import { batchOf } from "./batch-request.ts";
import { bodyOf } from "./body.ts";
import { type Front, loggedOf, storeOf } from "./context.ts";
import { type JsonPiece, jsonBody } from "./json-body.ts";
import { logFailure } from "./log.ts";
import { HttpError, problemOf } from "./problem.ts";
import { requireNoQuery } from "./query.ts";
import { requireWrite } from "./tokens.ts";

const maxBodyBytes = 32 * 1024 * 1024;
// The most bytes of values in one answer: as many as in one request.
const maxAnswerBytes = maxBodyBytes;

/** `POST /v1/{store}/batch`: answers 200 with an outcome for each key. */
export async function postBatch(c: Context<Front>): Promise<Response> {
  const store = storeOf(c);
  requireNoQuery(c.req.url);
  const body = await bodyOf(c.req.raw, { maxBytes: maxBodyBytes, type: "application/json" });
  const batch = batchOf(body);
  if (batch.set.length + batch.delete.length > 0) requireWrite(c.get("grant"));
  const set = batch.set.length === 0 ? [] : await store.setMany(batch.set);
  const deleted = batch.delete.length === 0 ? [] : await store.deleteMany(batch.delete);
  const got = batch.get.length === 0 ? [] : await readMany(store, batch.get, maxAnswerBytes);
  const reads = [...got, ...batch.get.slice(got.length).map(answerFull)];
  logFaults(c, [...set, ...deleted, ...reads]);
  const pieces = piecesOf(
    batch.set.map(({ key }, i) => writtenPiece(key, set[i])),
    batch.delete.map((key, i) => writtenPiece(key, deleted[i])),
    reads,
  );
  const headers = { "Content-Type": "application/json", "Cache-Control": "no-store" };
  return new Response(jsonBody(pieces), { headers });
}

function answerFull(key: string): Read {
  const message = `the values before this one fill the answer, whose limit is ${maxAnswerBytes} bytes`;
  return {
    key,
    error: new HttpError("TOO_LARGE", message, "read the key in a request of its own"),
  };
}

// One line for a batch, about its first failed key, however many of its keys have failed.
function logFaults(c: Context<Front>, outcomes: readonly object[]): void {
  const errors = outcomes.flatMap((one) => ("error" in one ? [one.error] : []));
  const faults = errors.filter((error) => problemOf(error).status >= 500);
  if (faults.length > 0) logFailure(faults[0], loggedOf(c), faults.length);
}

function* piecesOf(
  set: readonly string[],
  deleted: readonly string[],
  reads: readonly Read[],
): Generator<JsonPiece, undefined> {
  yield `{"set":[${set.join(",")}],"delete":[${deleted.join(",")}],"get":[`;
  for (const [i, one] of reads.entries()) {
    if (i > 0) yield ",";
    if ("error" in one) yield failedPiece(one.key, one.error);
    else if (one.value === null) yield JSON.stringify({ key: one.key, status: 404, value: null });
    else {
      yield `{"key":${JSON.stringify(one.key)},"status":200,"value":`;
      yield one.value;
      yield "}";
    }
  }
  yield "]}";
}

// The outcome has the status that a PUT or DELETE of that key alone would have.
function writtenPiece(key: string, outcome: Outcome<Written> | Outcome<void> | undefined): string {
  if (outcome === undefined) return failedPiece(key, null);
  if (!outcome.ok) return failedPiece(key, outcome.error);
  return JSON.stringify({ key, status: 204, ...outcome.value });
}

function failedPiece(key: string, error: unknown): string {
  const { status, code, detail, hint } = problemOf(error);
  return JSON.stringify({ key, status, code, detail, hint });
}
