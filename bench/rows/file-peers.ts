// The stores over a directory that are compared, each in an empty one of its own.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Effect } from "effect";
import { createStorage } from "unstorage";
import fsDriver from "unstorage/drivers/fs-lite";
import { fileKvStore } from "../../bindings/entries/index.node.ts";
import { uploadistaFileStore } from "../uploadista.ts";

export type FilePeer = {
  readonly name: string;
  get(key: string): Promise<unknown>;
  set(key: string, value: string): Promise<unknown>;
};

/** Ours first. The directories are gone afterwards. */
export async function withFilePeers(
  task: (peers: readonly FilePeer[]) => Promise<void>,
): Promise<void> {
  const parent = mkdtempSync(join(tmpdir(), "kvista-bench-"));
  try {
    await using ours = fileKvStore({ directory: join(parent, "kvista") });
    const uploadista = await uploadistaFileStore(join(parent, "uploadista"));
    const unstorage = createStorage({ driver: fsDriver({ base: join(parent, "unstorage") }) });
    await task([
      {
        name: "kvista",
        get: (key) => ours.get(key),
        set: (key, value) => ours.set(key, value),
      },
      {
        name: "Uploadista, Effect.runPromise",
        get: (key) => Effect.runPromise(uploadista.get(key)),
        set: (key, value) => Effect.runPromise(uploadista.set(key, value)),
      },
      {
        name: "unstorage fs-lite, getItem, setItem",
        get: (key) => unstorage.getItem(key),
        set: (key, value) => unstorage.setItem(key, value),
      },
    ]);
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}
