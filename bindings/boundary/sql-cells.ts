// The parameters and rows of SQL statements as bytes (twin of the grammar in
// wasm/stores/durable-object/sql.h).

export type Cell = null | number | ArrayBuffer | string;

type Value = { readonly valueView: Uint8Array; readonly valueText: string };

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });

/**
 * Reads the parameters of a statement. `value` is the value of its request, and `ownKey` the key that
 * the operation's caller passed. Blobs are views, because SQLite copies what it keeps.
 */
export function parametersAt(
  bytes: Uint8Array,
  view: DataView,
  address: number,
  length: number,
  value: Value,
  ownKey: string | undefined,
): Cell[] {
  const cells: (null | number | string | Uint8Array)[] = [];
  const end = address + length;
  for (let at = address; at < end; ) {
    const type = bytes[at++];
    if (type === 0) {
      cells.push(null);
    } else if (type === 1) {
      cells.push(view.getFloat64(at, true));
      at += 8;
    } else if (type === 2) {
      const blob = view.getUint32(at, true);
      at += 4 + blob;
      cells.push(bytes.subarray(at - blob, at));
    } else if (type === 4) {
      cells.push(value.valueView);
    } else if (type === 5) {
      cells.push(value.valueText);
    } else {
      const text = view.getUint32(at, true);
      at += 4 + text;
      const isOwn = type === 6 && ownKey !== undefined;
      cells.push(isOwn ? ownKey : decoder.decode(bytes.subarray(at - text, at)));
    }
  }
  // The platform's types allow only ArrayBuffers; the runtime also takes views of them.
  return cells as unknown as Cell[];
}

/** The most bytes that these cells can take. */
export function packedBytes(cells: readonly Cell[]): number {
  let total = 0;
  for (const cell of cells) {
    if (typeof cell === "number") total += 9;
    // UTF-8 takes at most three bytes for each UTF-16 unit.
    else if (typeof cell === "string") total += 5 + 3 * cell.length;
    else total += cell instanceof ArrayBuffer ? 5 + cell.byteLength : 1;
  }
  return total;
}

/**
 * Writes cells at that address and returns the address of their end. If `isTextKept`, the bytes of a
 * text are left out, because the host keeps it. Anything but a number, a text or a blob becomes null.
 */
export function packCells(
  bytes: Uint8Array,
  view: DataView,
  address: number,
  cells: readonly Cell[],
  isTextKept: boolean,
): number {
  let at = address;
  for (const cell of cells) {
    if (typeof cell === "number") {
      bytes[at] = 1;
      view.setFloat64(at + 1, cell, true);
      at += 9;
    } else if (typeof cell === "string") {
      bytes[at] = isTextKept ? 7 : 3;
      at += 1;
      if (isTextKept) continue;
      const { written } = encoder.encodeInto(cell, bytes.subarray(at + 4));
      view.setUint32(at, written, true);
      at += 4 + written;
    } else if (cell instanceof ArrayBuffer) {
      bytes[at] = 2;
      view.setUint32(at + 1, cell.byteLength, true);
      bytes.set(new Uint8Array(cell), at + 5);
      at += 5 + cell.byteLength;
    } else {
      bytes[at] = 0;
      at += 1;
    }
  }
  return at;
}
