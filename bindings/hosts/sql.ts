// Runs the core's SQL in a Durable Object's storage; the statements of one step are one transaction.
// The packing of parameters and rows is the grammar of wasm/stores/sql.h.
import type { HostReply, HostRequest } from "../wire.ts";

type Cell = null | number | ArrayBuffer | string;

function parametersOf({ meta, value }: HostRequest): Cell[] {
  const view = new DataView(meta.buffer, meta.byteOffset, meta.byteLength);
  const cells: Cell[] = [];
  for (let at = 0; at < meta.length; ) {
    const type = meta[at++];
    if (type === 0) {
      cells.push(null);
    } else if (type === 1) {
      cells.push(view.getFloat64(at, true));
      at += 8;
    } else if (type === 2) {
      const length = view.getUint32(at, true);
      at += 4 + length;
      cells.push(meta.buffer.slice(meta.byteOffset + at - length, meta.byteOffset + at));
    } else {
      cells.push(value.buffer);
    }
  }
  return cells;
}

function pack(rows: Iterable<Cell[]>): Uint8Array {
  const cells: Cell[] = [];
  let total = 0;
  for (const row of rows) {
    for (const cell of row) {
      cells.push(cell);
      total += typeof cell === "number" ? 9 : cell instanceof ArrayBuffer ? 5 + cell.byteLength : 1;
    }
  }
  const bytes = new Uint8Array(total);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const cell of cells) {
    if (typeof cell === "number") {
      bytes[at] = 1;
      view.setFloat64(at + 1, cell, true);
      at += 9;
    } else if (cell instanceof ArrayBuffer) {
      bytes[at] = 2;
      view.setUint32(at + 1, cell.byteLength, true);
      bytes.set(new Uint8Array(cell), at + 5);
      at += 5 + cell.byteLength;
    } else {
      at += 1;
    }
  }
  return bytes;
}

/** The replies, at once. If one statement fails, none is carried out and all of them fail. */
export function runSql(
  storage: DurableObjectStorage,
  requests: readonly HostRequest[],
): HostReply[] {
  const runAll = () =>
    requests.map((request) => {
      const rows = storage.sql.exec(request.key, ...parametersOf(request));
      return { present: true, value: pack(rows.raw() as Iterable<Cell[]>) };
    });
  try {
    return requests.length === 1 ? runAll() : storage.transactionSync(runAll);
  } catch (thrown) {
    return requests.map(() => ({ thrown }));
  }
}
