// Durable Object get and set, each against a bare class that calls storage.get and storage.put, in the
// same Miniflare. A request carries out n operations; a request with one is its fixed cost.
import { alternate } from "../measure.ts";
import { startWorker } from "../miniflare.ts";
import { type Line, ratioGoal, timeLines } from "../report.ts";

// What is measured, where, and how much of the bare class's time it may take.
const rows = [
  { what: "Durable Object get of an existing key", path: "get", most: 1.15, sampleMs: 150 },
  { what: "Durable Object set of the value that is there", path: "set", most: 1.15, sampleMs: 250 },
  {
    what: "Durable Object set of another value than is there",
    path: "set-changing",
    most: 1.15,
    sampleMs: 400,
  },
  { what: "Durable Object first set of a key", path: "first-set", most: 2.3, sampleMs: 400 },
  { what: "{ storage } get in an object", path: "storage-get", most: 1.15, sampleMs: 100 },
  {
    what: "{ storage } set of the value that is there",
    path: "storage-set",
    most: 1.15,
    sampleMs: 100,
  },
  {
    what: "{ storage } set of another value than is there",
    path: "storage-set-changing",
    most: 1.15,
    sampleMs: 100,
  },
] as const;

export async function durableObjectRows(): Promise<Line[]> {
  const object = (exportName: string) =>
    ({ type: "durable-object", worker: "durable-object", exportName }) as const;
  const sqlite = { type: "durable-object", storage: "sqlite" } as const;
  await using worker = await startWorker("durable-object", {
    env: {
      KVISTA_OBJECTS: object("KvObject"),
      KVISTA_CATALOG: object("KvCatalog"),
      BARE_OBJECTS: object("BareObject"),
      HOLDERS: object("Holder"),
    },
    exports: { KvObject: sqlite, KvCatalog: sqlite, BareObject: sqlite, Holder: sqlite },
  });
  await worker.call("/prepare");
  const lines: Line[] = [];
  for (const { what, path, most, sampleMs } of rows) {
    const contenders = ["kvista", "bare class"].map((name) => ({
      name,
      run: (n: number) =>
        worker.call(`/${path}?of=${name === "kvista" ? "kvista" : "bare"}&n=${n}`),
    }));
    const measured = await alternate(contenders, { rounds: 15, sampleMs, isRemote: true });
    lines.push(...timeLines(what, measured, (ratio) => ratioGoal(ratio, most)));
  }
  return lines;
}
