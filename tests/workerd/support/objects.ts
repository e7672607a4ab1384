// The objects and the shards of the catalog behind a Durable Objects store, seen from inside, and the
// raw calls that pass between them (the grammar of wasm/core/message.h and wasm/stores/durable-object/catalog-calls.h).
import { listDurableObjectIds, runInDurableObject } from "cloudflare:test";
import { type RemoteAnswer, replyFrom } from "../../../bindings/boundary/remote-message.ts";
import type { ByteStore } from "../../../bindings/contract/bytes.ts";
import { durableObjectKvStore } from "../../../bindings/stores/durable-object/durable-object-store.ts";
import type { KvCatalog } from "../../../bindings/stores/durable-object/kv-catalog.ts";
import type { KvObject } from "../../../bindings/stores/durable-object/kv-object.ts";
import { inTime, patient } from "../../patience.ts";
import { bindings } from "./bindings.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export const remoteOp = {
  objectConfirm: 32,
  catalogAdd: 40,
  catalogConfirm: 41,
  catalogRemove: 42,
  catalogPage: 43,
} as const;

export const nothingInside = { cells: [], tables: 0, alarm: null };

export type CatalogRow = {
  readonly key: string;
  readonly shard: number;
  readonly generation: number;
  readonly pending: number;
  readonly confirmAfter: number | null;
};

/** Stores over a pair of classes, and what their objects hold. */
export function objectsOver<Kv extends KvObject, Shard extends KvCatalog>(
  namespace: DurableObjectNamespace<Kv>,
  catalog: DurableObjectNamespace<Shard>,
) {
  // Of the stubs' own methods these tests call none: without their types the types stay small.
  const objectOf = (key: string): DurableObjectStub =>
    namespace.getByName(key) as unknown as DurableObjectStub;
  const shardNamed = (shard: number): DurableObjectStub =>
    catalog.getByName(`catalog:${shard}`) as unknown as DurableObjectStub;

  const openObjects = (
    options: { catalogShards?: number; keyNamespace?: string } = {},
  ): ByteStore => patient(durableObjectKvStore({ namespace, catalog, ...options }));

  /** What the object of a key stores: its cells, its tables (not the platform's), its alarm. */
  const insideOf = (key: string) =>
    runInDurableObject(objectOf(key), async (_: DurableObject, { storage }) => ({
      cells: [...(await storage.list()).keys()],
      tables: storage.sql
        .exec<{ count: number }>(
          "SELECT count(*) AS count FROM sqlite_master WHERE name NOT LIKE '_cf%'",
        )
        .one().count,
      alarm: await storage.getAlarm(),
    }));

  const rowsIn = (shard: number): Promise<CatalogRow[]> =>
    runInDurableObject(shardNamed(shard), (_: DurableObject, { storage: { sql } }) => {
      const tables = sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'kvista_keys'");
      if (tables.toArray().length === 0) return [];
      const rows = sql.exec("SELECT key, generation, pending, confirm_after FROM kvista_keys");
      return rows.toArray().map((row) => ({
        key: decoder.decode(row.key as ArrayBuffer),
        shard,
        generation: row.generation as number,
        pending: row.pending as number,
        confirmAfter: row.confirm_after as number | null,
      }));
    });

  /** The catalog's rows of the keys with a prefix, in all its shards. */
  const rowsOf = async (prefix: string): Promise<CatalogRow[]> => {
    const known = new Set((await listDurableObjectIds(catalog)).map(String));
    const rows: CatalogRow[] = [];
    for (let shard = 0; shard < 64; shard++) {
      if (!known.has(catalog.idFromName(`catalog:${shard}`).toString())) continue;
      rows.push(...(await rowsIn(shard)).filter(({ key }) => key.startsWith(prefix)));
    }
    return rows.sort((a, b) => (a.key < b.key ? -1 : 1));
  };

  return { openObjects, objectOf, shardNamed, insideOf, rowsOf };
}

export const { openObjects, objectOf, shardNamed, insideOf, rowsOf } = objectsOver(
  bindings.KVISTA_OBJECTS,
  bindings.KVISTA_CATALOG,
);

export type RawCall = {
  readonly op: number;
  readonly key: string;
  readonly number?: number;
  readonly extra?: string;
  /** Unix seconds, or infinity. */
  readonly expiry?: number;
  readonly deadlineMs?: number;
};

/** A request as the core encodes it for an object. */
export function encodeCall(call: RawCall): Uint8Array {
  const key = encoder.encode(call.key);
  const extra = encoder.encode(call.extra ?? "");
  const bytes = new Uint8Array(72 + key.length + extra.length);
  const view = new DataView(bytes.buffer);
  const nowMs = Date.now();
  view.setUint8(0, call.op);
  view.setFloat64(8, nowMs, true);
  view.setFloat64(16, nowMs + (call.deadlineMs ?? inTime.deadlineMs), true);
  view.setFloat64(24, call.expiry ?? Number.POSITIVE_INFINITY, true);
  view.setFloat64(40, call.number ?? 0, true);
  view.setUint32(52, key.length, true);
  view.setUint32(60, extra.length, true);
  bytes.set(key, 72);
  bytes.set(extra, 72 + key.length);
  return bytes;
}

const octet = (character: string) => character.charCodeAt(0);

export type RawAnswer = {
  readonly present: boolean;
  readonly number: number;
  readonly keys: string[];
};

/** An answer as the core encodes it; a failed one is thrown. */
export function decodeAnswer(answer: RemoteAnswer): RawAnswer {
  const { meta } = replyFrom(answer);
  const head = typeof meta === "string" ? Uint8Array.from(meta, octet) : (meta as Uint8Array);
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const bits = head[0] as number;
  const has = (bit: number) => (bits & bit) !== 0;
  if (has(1)) throw new Error(`the object failed: ${decoder.decode(head.subarray(2))}`);
  let at = 1;
  if (has(4)) at += 8;
  const number = has(8) ? view.getFloat64(at, true) : 0;
  if (has(8)) at += 8;
  if (has(16)) at += 4 + view.getUint32(at, true);
  const keys = has(32)
    ? decoder.decode(head.subarray(at + 8).subarray(0, view.getUint32(at + 4, true)))
    : "";
  return { present: has(2), number, keys: keys.split("\0").slice(0, -1) };
}

/** Sends a raw call to a shard of the catalog, as an object would. */
export async function askShard(shard: number, call: RawCall): Promise<RawAnswer> {
  const stub = bindings.KVISTA_CATALOG.getByName(`catalog:${shard}`);
  const answer = await stub.kvista(encodeCall(call), null);
  return decodeAnswer(answer as RemoteAnswer);
}

/** Writes a row of the catalog as an object does before it writes its value; its generation. */
export async function addRow(shard: number, key: string, expiry?: number): Promise<number> {
  const call = { op: remoteOp.catalogAdd, key, number: shard };
  return (await askShard(shard, expiry === undefined ? call : { ...call, expiry })).number;
}
