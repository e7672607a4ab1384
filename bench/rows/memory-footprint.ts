// What a record takes of memory, beside a Map of the same texts. Each is filled in a
// process of its own: `node bench/rows/memory-footprint.ts kvista|Map RECORDS`.
import { execFileSync } from "node:child_process";
import { memoryKvStore } from "../../bindings/entries/index.ts";
import { exactly, formatCount, type Line } from "../line.ts";
import type { RunPlan } from "../plan.ts";
import { uploadKeys, uploadRecord } from "../workload.ts";

export async function memoryFootprintRows(plan: RunPlan): Promise<Line[]> {
  return plan.amounts(10_000).map((amount) => {
    const row = "memory of a record of 300 B under a key of 59 B";
    const what = `${row}, ${formatCount(amount)} of them`;
    plan.say(what);
    // Bytes need no rounds: from run to run they hardly differ.
    const [ours, theirs] = [inItsOwnProcess("kvista", amount), inItsOwnProcess("Map", amount)];
    return {
      what,
      unit: "bytes",
      ours: exactly(ours),
      against: "Map",
      theirs: exactly(theirs),
      ratio: exactly(ours / theirs),
      growth: { row, data: "records", amount },
    };
  });
}

function inItsOwnProcess(name: string, records: number): number {
  const command = ["--expose-gc", import.meta.filename, name, String(records)];
  return Number(execFileSync(process.execPath, command, { encoding: "utf8" }));
}

// Bytes of the heap and of linear memory for one record. Keys and values are texts of their own, as if
// received: a Map of texts that are already there would take nothing for them.
async function measure(name: string, records: number): Promise<number> {
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
  const store = name === "kvista" ? memoryKvStore({ maxBytes: 1024 ** 3 }) : new Map();
  for (const key of keys) await store.set(copy(key), copy(value));
  const bytes = (used() - before) / records;
  // All are looked at again, so that they are not given back in between.
  for (const key of keys) {
    if ((await store.get(key)) !== value) throw new Error("a record that was stored is missing");
  }
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

if (import.meta.main) {
  const [, , name = "", records] = process.argv;
  console.log(await measure(name, Number(records)));
}
