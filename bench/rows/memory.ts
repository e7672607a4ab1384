// Memory get and set through each library's public promise API: the same keys and values, already
// there. Each loop is a function of its own, so that no call site sees two libraries.
import { Effect } from "effect";
import Keyv from "keyv";
import { createStorage } from "unstorage";
import memoryDriver from "unstorage/drivers/memory";
import { memoryKvStore } from "../../bindings/index.ts";
import { alternate, compare, type Measured } from "../measure.ts";
import { type Goal, type Line, ratioGoal, timeLines } from "../report.ts";
import { uploadistaMemoryStore } from "../uploadista.ts";
import { uploadKeys, uploadRecord } from "../workload.ts";

type Loop = (operations: number) => Promise<void>;
type Peer = { readonly name: string; readonly get: Loop; readonly set: Loop };
type Load = { readonly keys: readonly string[]; readonly value: string };

const mostAboveMapNs = 1000;
const map = "Map with await";

export async function memoryRows(): Promise<Line[]> {
  const small = uploadRecord(300);
  const lines: Line[] = [];
  for (const count of [1000, 10_000, 100_000]) {
    const keys = uploadKeys(count);
    const size = `300 B, ${count.toLocaleString("en")} keys`;
    lines.push(...(await measure(size, await promisePeers({ keys, value: small }), required)));
  }
  const raw = await rawPeers({ keys: uploadKeys(1000), value: small });
  lines.push(...(await measure("300 B, raw calls of the others", raw)));
  const large = await promisePeers({ keys: uploadKeys(100), value: uploadRecord(100_000) });
  lines.push(...(await measure("100 kB, 100 keys", large)));
  return lines;
}

function required(ratio: Parameters<typeof ratioGoal>[0], ours: Measured, theirs: Measured): Goal {
  if (theirs.name !== map) return ratioGoal(ratio, 1, true);
  const above = compare(ours, theirs, (a, b) => a - b).median;
  return {
    text: `≤ 1 µs above it: ${Math.round(above)} ns`,
    isReached: above <= mostAboveMapNs,
  };
}

async function measure(
  size: string,
  peers: readonly Peer[],
  goal?: Parameters<typeof timeLines>[2],
): Promise<Line[]> {
  const lines: Line[] = [];
  for (const operation of ["get", "set"] as const) {
    const contenders = peers.map((peer) => ({ name: peer.name, run: peer[operation] }));
    lines.push(...timeLines(`memory ${operation}, ${size}`, await alternate(contenders), goal));
  }
  return lines;
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
