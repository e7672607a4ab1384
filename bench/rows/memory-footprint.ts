// What a record takes of memory, beside a Map of the same texts. Each is filled in a
// process of its own: `node bench/rows/memory-footprint.ts kvista|Map`.
import { execFileSync } from "node:child_process";
import { memoryKvStore } from "../../bindings/index.ts";
import { figure } from "../measure.ts";
import type { Line } from "../report.ts";
import { uploadKeys, uploadRecord } from "../workload.ts";

const records = 100_000;

export async function memoryFootprintRows(): Promise<Line[]> {
  // Bytes need no rounds: from run to run they hardly differ.
  const [ours, theirs] = [inItsOwnProcess("kvista"), inItsOwnProcess("Map")];
  return [
    {
      what: `memory of a record of 300 B under a key of 59 B, ${records.toLocaleString("en")} of them`,
      unit: "bytes",
      ours: figure([ours]),
      against: "Map",
      theirs: figure([theirs]),
      ratio: figure([ours / theirs]),
    },
  ];
}

function inItsOwnProcess(name: string): number {
  const command = ["--expose-gc", import.meta.filename, name];
  return Number(execFileSync(process.execPath, command, { encoding: "utf8" }));
}

// Bytes of the heap and of linear memory for one record. Keys and values are texts of their own, as if
// received: a Map of texts that are already there would take nothing for them.
async function measure(name: string): Promise<number> {
  const memories = linearMemories();
  const { gc } = globalThis as { gc?: () => void };
  const used = () => {
    gc?.();
    const linear = memories.reduce((total, { buffer }) => total + buffer.byteLength, 0);
    return process.memoryUsage().heapUsed + linear;
  };
  const keys = uploadKeys(records).map(copy);
  const value = uploadRecord(300);
  // An instance's memory is there at once, before the first record: it counts.
  const before = used();
  const store = memoryKvStore({ maxBytes: 256 * 1024 ** 2 });
  const map = new Map<string, string>();
  for (const key of keys) {
    if (name === "kvista") await store.set(copy(key), copy(value));
    else map.set(copy(key), copy(value));
  }
  const bytes = (used() - before) / records;
  const stored = name === "kvista" ? (await store.list()).length : map.size;
  // The keys are looked at again so that they are not given back in between.
  if (stored !== keys.length) throw new Error(`${stored} records were stored`);
  return bytes;
}

const copy = (text: string) => Buffer.from(text).toString("latin1");

// The memories of the instances that are made from now on: the process's own figures leave them out.
function linearMemories(): WebAssembly.Memory[] {
  const memories: WebAssembly.Memory[] = [];
  WebAssembly.Instance = class extends WebAssembly.Instance {
    constructor(module: WebAssembly.Module, imports?: WebAssembly.Imports) {
      super(module, imports);
      memories.push(this.exports.memory as WebAssembly.Memory);
    }
  };
  return memories;
}

if (import.meta.main) console.log(await measure(process.argv[2] ?? ""));
