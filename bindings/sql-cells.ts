// The parameters and rows of SQL as bytes (twin of the grammar in wasm/stores/sql.h).

export type Cell = null | number | ArrayBuffer | string;

/**
 * The parameters that lie there, for a statement whose request has that value. Blobs are views: SQLite
 * copies what it keeps.
 */
export function parametersAt(
  bytes: Uint8Array,
  view: DataView,
  address: number,
  length: number,
  value: () => Uint8Array,
): Cell[] {
  const cells: (null | number | Uint8Array)[] = [];
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
    } else {
      cells.push(value());
    }
  }
  // The types name ArrayBuffers only; the runtime takes views of them as well.
  return cells as unknown as Cell[];
}

export function packedBytes(cells: readonly Cell[]): number {
  let total = 0;
  for (const cell of cells) {
    total += typeof cell === "number" ? 9 : cell instanceof ArrayBuffer ? 5 + cell.byteLength : 1;
  }
  return total;
}

/** Writes cells there and tells where they end. What is no number and no blob counts as null. */
export function packCells(
  bytes: Uint8Array,
  view: DataView,
  address: number,
  cells: readonly Cell[],
): number {
  let at = address;
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
      bytes[at] = 0;
      at += 1;
    }
  }
  return at;
}
