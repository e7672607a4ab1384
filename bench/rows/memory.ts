// Memory get and set through each library's public promise API: the same keys and values, already
// there. Each loop is a function of its own, so that no call site sees two libraries.
import { Effect } from "effect";
import Keyv from "keyv";
import { createStorage } from "unstorage";
import memoryDriver from "unstorage/drivers/memory";
import { memoryKvStore } from "../../bindings/entries/index.ts";
import {
  formatCount,
  type GoalOf,
  grown,
  type Line,
  limitGoal,
  ratioGoal,
  timeLines,
} from "../line.ts";
import { compare } from "../measure.ts";
import type { RunPlan } from "../plan.ts";
import { uploadistaMemoryStore } from "../uploadista.ts";
import { uploadKeys, uploadRecord } from "../workload.ts";

type Loop = (operations: number) => Promise<void>;
type Peer = { readonly name: string; readonly get: Loop; readonly set: Loop };
type Load = { readonly keys: readonly string[]; readonly value: string };

const operations = ["get", "set"] as const;
type Operation = (typeof operations)[number];

const mostAboveMapNs = 1000;
const map = "Map with await";

export async function memoryRows(plan: RunPlan): Promise<Line[]> {
  const small = uploadRecord(300);
  const lines: Line[] = [];
  for (const amount of plan.amounts(1000)) {
    const peers = await promisePeers({ keys: uploadKeys(amount), value: small });
    for (const operation of operations) {
      const row = `memory ${operation}, 300 B`;
      const what = `${row}, ${formatCount(amount)} keys`;
      const measured = await measure(plan, operation, what, peers, required(operation));
      lines.push(...grown(measured, { row, data: "keys in the store", amount }));
    }
  }
  const raw = await rawPeers({ keys: uploadKeys(1000), value: small });
  const large = await promisePeers({ keys: uploadKeys(100), value: uploadRecord(100_000) });
  for (const [size, peers] of [
    ["300 B, raw calls of the others", raw],
    ["100 kB, 100 keys", large],
  ] as const) {
    for (const operation of operations) {
      lines.push(...(await measure(plan, operation, `memory ${operation}, ${size}`, peers)));
    }
  }
  return lines;
}

function required(operation: Operation): GoalOf {
  return (ratio, ours, theirs) => {
    if (theirs.name !== map) return ratioGoal("memory", operation, ratio, 1, true);
    const above = compare(ours, theirs, (a, b) => a - b).median;
    return limitGoal("memory", `${operation}, time above the Map's`, above, mostAboveMapNs, "time");
  };
}

async function measure(
  plan: RunPlan,
  operation: Operation,
  what: string,
  peers: readonly Peer[],
  goal?: GoalOf,
): Promise<Line[]> {
  const contenders = peers.map((peer) => ({ name: peer.name, run: peer[operation] }));
  return timeLines(what, await plan.measure(what, contenders, { sampleMs: 80 }), goal);
}

async function promisePeers(load: Load): Promise<Peer[]> {
  const peers = [ours(load), plainMap(load), await uploadista(load), unstorage(load), keyv(load)];
  for (const { set } of peers) await set(load.keys.length);
  return peers;
}

async function rawPeers(load: Load): Promise<Peer[]> {
  const peers = [ours(load), oursAsBytes(load), unstorageRaw(load), keyvRaw(load)];
  for (const { set } of peers) await set(load.keys.length);
  return peers;
}

function ours({ keys, value }: Load): Peer {
  const store = memoryKvStore();
  return {
    name: "kvista",
    async get(n) {
      for (let i = 0; i < n; i++) present(await store.get(keys[i % keys.length] as string));
    },
    async set(n) {
      for (let i = 0; i < n; i++) await store.set(keys[i % keys.length] as string, value);
    },
  };
}

function oursAsBytes({ keys, value }: Load): Peer {
  const store = memoryKvStore();
  const bytes = new TextEncoder().encode(value);
  return {
    name: "kvista getBytes, setBytes",
    async get(n) {
      for (let i = 0; i < n; i++) present(await store.getBytes(keys[i % keys.length] as string));
    },
    async set(n) {
      for (let i = 0; i < n; i++) await store.setBytes(keys[i % keys.length] as string, bytes);
    },
  };
}

function plainMap({ keys, value }: Load): Peer {
  const store = new Map<string, string>();
  return {
    name: map,
    async get(n) {
      for (let i = 0; i < n; i++) present(await store.get(keys[i % keys.length] as string));
    },
    async set(n) {
      for (let i = 0; i < n; i++) await store.set(keys[i % keys.length] as string, value);
    },
  };
}

async function uploadista({ keys, value }: Load): Promise<Peer> {
  const store = await uploadistaMemoryStore();
  return {
    name: "Uploadista, Effect.runPromise",
    async get(n) {
      for (let i = 0; i < n; i++) {
        present(await Effect.runPromise(store.get(keys[i % keys.length] as string)));
      }
    },
    async set(n) {
      for (let i = 0; i < n; i++) {
        await Effect.runPromise(store.set(keys[i % keys.length] as string, value));
      }
    },
  };
}

function unstorage({ keys, value }: Load): Peer {
  const store = createStorage({ driver: memoryDriver() });
  return {
    name: "unstorage getItem, setItem",
    async get(n) {
      for (let i = 0; i < n; i++) present(await store.getItem(keys[i % keys.length] as string));
    },
    async set(n) {
      for (let i = 0; i < n; i++) await store.setItem(keys[i % keys.length] as string, value);
    },
  };
}

function unstorageRaw({ keys, value }: Load): Peer {
  const store = createStorage({ driver: memoryDriver() });
  return {
    name: "unstorage getItemRaw, setItemRaw",
    async get(n) {
      for (let i = 0; i < n; i++) present(await store.getItemRaw(keys[i % keys.length] as string));
    },
    async set(n) {
      for (let i = 0; i < n; i++) await store.setItemRaw(keys[i % keys.length] as string, value);
    },
  };
}

function keyv({ keys, value }: Load): Peer {
  const store = new Keyv<string>();
  return {
    name: "keyv get, set",
    async get(n) {
      for (let i = 0; i < n; i++) present(await store.get(keys[i % keys.length] as string));
    },
    async set(n) {
      for (let i = 0; i < n; i++) await store.set(keys[i % keys.length] as string, value);
    },
  };
}

function keyvRaw({ keys, value }: Load): Peer {
  const store = new Keyv<string>();
  return {
    name: "keyv getRaw, setRaw",
    async get(n) {
      for (let i = 0; i < n; i++) present(await store.getRaw(keys[i % keys.length] as string));
    },
    async set(n) {
      for (let i = 0; i < n; i++) await store.setRaw(keys[i % keys.length] as string, { value });
    },
  };
}

/** A key that is not found would make a library look fast. */
function present(value: unknown): void {
  if (value === null || value === undefined) throw new Error("a key that was set is missing");
}
