// The keys and values that the rows share: what an upload service keeps about uploads.

/** The same pseudo-random numbers in each run, from 0 to below 1 (mulberry32). */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b_79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/** Keys of uploads with UUIDs as their ids, in no order. */
export function uploadKeys(count: number): string[] {
  const next = random(count);
  const hex = (digits: number) =>
    Array.from({ length: digits }, () => Math.floor(next() * 16).toString(16)).join("");
  return Array.from(
    { length: count },
    () => `uploadista:upload-file:${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
  );
}

/** The JSON of an upload's record, of exactly that many bytes. */
export function uploadRecord(bytes: number): string {
  const record = {
    id: "0b0e2bd4-6a2f-4a3f-a4a5-1fd3c4d4b3a1",
    offset: 5_242_880,
    size: 104_857_600,
    metadata: { fileName: "holiday.mp4", type: "video/mp4" },
    storage: { id: "s3", type: "s3", bucket: "uploads" },
    flow: { flowId: "thumbnails", nodeId: "input" },
    note: "",
  };
  const missing = bytes - JSON.stringify(record).length;
  return JSON.stringify({ ...record, note: "n".repeat(missing) });
}

export function shuffle<T>(items: T[]): T[] {
  const next = random(items.length);
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [items[i], items[j]] = [items[j] as T, items[i] as T];
  }
  return items;
}
