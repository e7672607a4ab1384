// The filesystem store against Uploadista's and unstorage's, which neither replace a value atomically
// nor lock it: the same directory's file system, the same keys and values, one operation at a time.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Effect } from "effect";
import { createStorage } from "unstorage";
import fsDriver from "unstorage/drivers/fs-lite";
import { fileKvStore } from "../../bindings/index.node.ts";
import { alternate } from "../measure.ts";
import { type Line, ratioGoal, timeLines } from "../report.ts";
import { uploadistaFileStore } from "../uploadista.ts";
import { uploadKeys, uploadRecord } from "../workload.ts";

type Loop = (operations: number) => Promise<void>;
type Peer = { readonly name: string; readonly get: Loop; readonly set: Loop };

const mostOfTheirs = { get: 1.3, set: 2.0 } as const;

export async function filesystemRows(): Promise<Line[]> {
  const parent = mkdtempSync(join(tmpdir(), "kvista-bench-"));
  try {
    return await measure(parent);
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}

async function measure(parent: string): Promise<Line[]> {
  const keys = uploadKeys(500);
  const value = uploadRecord(300);
  const ours = fileKvStore({ directory: join(parent, "kvista") });
  const uploadista = await uploadistaFileStore(join(parent, "uploadista"));
  const unstorage = createStorage({ driver: fsDriver({ base: join(parent, "unstorage") }) });
  const peers: Peer[] = [
    peer(
      "kvista",
      keys,
      (key) => ours.get(key),
      (key) => ours.set(key, value),
    ),
    peer(
      "Uploadista, Effect.runPromise",
      keys,
      (key) => Effect.runPromise(uploadista.get(key)),
      (key) => Effect.runPromise(uploadista.set(key, value)),
    ),
    peer(
      "unstorage fs-lite, getItem, setItem",
      keys,
      (key) => unstorage.getItem(key),
      (key) => unstorage.setItem(key, value),
    ),
  ];
  for (const { set } of peers) await set(keys.length);
  const lines: Line[] = [];
  for (const operation of ["get", "set"] as const) {
    const contenders = peers.map((one) => ({ name: one.name, run: one[operation] }));
    // The work is the kernel's and that of Node's threads: what counts is the time of the wall.
    const measured = await alternate(contenders, { isRemote: true });
    lines.push(
      ...timeLines(`filesystem ${operation}, 300 B`, measured, (ratio) =>
        ratioGoal(ratio, mostOfTheirs[operation]),
      ),
    );
  }
  await ours.close();
  return lines;
}

function peer(
  name: string,
  keys: readonly string[],
  get: (key: string) => Promise<unknown>,
  set: (key: string) => Promise<unknown>,
): Peer {
  return {
    name,
    async get(n) {
      for (let i = 0; i < n; i++) {
        if ((await get(keys[i % keys.length] as string)) === null)
          throw new Error("a key is missing");
      }
    },
    async set(n) {
      for (let i = 0; i < n; i++) await set(keys[i % keys.length] as string);
    },
  };
}
