// Moves slots of a real cluster by hand, in Redis's own steps, and puts them back.
import { patienceMs } from "../../patience.ts";
import type { ClusterNode, RedisCluster } from "./redis-server.ts";

type Master = ClusterNode;
type Move = { readonly slot: string; readonly from: Master; readonly to: Master };

export class RedisSlots {
  readonly #masters: readonly Master[];
  readonly #moving = new Map<string, Move>();
  readonly #moved: Move[] = [];

  static async of(cluster: RedisCluster): Promise<RedisSlots> {
    const nodes = await cluster.nodes();
    return new RedisSlots(nodes.filter(({ isMaster, slots }) => isMaster && slots > 0));
  }

  private constructor(masters: readonly Master[]) {
    this.#masters = masters;
  }

  async slotOf(key: string): Promise<string> {
    return this.#first.server.ask("CLUSTER", "KEYSLOT", key);
  }

  /** The master that serves a key's slot, as it says itself. */
  async masterOf(key: string): Promise<Master> {
    const slot = Number(await this.slotOf(key));
    for (const master of this.#masters) {
      const lines = (await master.server.ask("CLUSTER", "NODES")).split("\n");
      const served = lines.find((line) => line.includes("myself"))?.split(" connected ")[1] ?? "";
      const ranges = served.split(" ").map((range) => range.split("-").map(Number));
      if (ranges.some(([from = NaN, to = from]) => slot >= from && slot <= to)) return master;
    }
    throw new Error(`no master says that it serves slot ${slot}`);
  }

  async open(key: string): Promise<void> {
    const slot = await this.slotOf(key);
    const from = await this.masterOf(key);
    const to = this.#masters.find((master) => master !== from) ?? from;
    await this.#open({ slot, from, to });
  }

  async carry(key: string): Promise<void> {
    await migrate(this.#moveOf(await this.slotOf(key)), [key]);
  }

  async settle(key: string): Promise<void> {
    const move = this.#moveOf(await this.slotOf(key));
    await this.#settle(move);
    this.#moved.push(move);
  }

  /** Ends what is open, and moves each slot to where it was at first. */
  async restore(): Promise<void> {
    for (const move of [...this.#moving.values()]) {
      await this.#settle(move);
      this.#moved.push(move);
    }
    for (const { slot, from, to } of this.#moved.splice(0).reverse()) {
      const back = { slot, from: to, to: from };
      await this.#open(back);
      await this.#settle(back);
    }
  }

  async clear(): Promise<void> {
    for (const { server } of this.#masters) await server.ask("FLUSHALL");
    for (const { server } of this.#masters) await server.ask("SCRIPT", "FLUSH");
  }

  get #first(): Master {
    const [first] = this.#masters;
    if (first === undefined) throw new Error("the cluster has no master");
    return first;
  }

  #moveOf(slot: string): Move {
    const move = this.#moving.get(slot);
    if (move === undefined) throw new Error(`slot ${slot} is not on the move`);
    return move;
  }

  async #open(move: Move): Promise<void> {
    const { slot, from, to } = move;
    await to.server.ask("CLUSTER", "SETSLOT", slot, "IMPORTING", from.id);
    await from.server.ask("CLUSTER", "SETSLOT", slot, "MIGRATING", to.id);
    this.#moving.set(slot, move);
  }

  async #settle(move: Move): Promise<void> {
    const { slot, from, to } = move;
    const listed = await from.server.ask("CLUSTER", "GETKEYSINSLOT", slot, "1000");
    await migrate(
      move,
      listed.split("\n").filter((key) => key !== ""),
    );
    for (const { server } of [to, from, ...this.#masters]) {
      await server.ask("CLUSTER", "SETSLOT", slot, "NODE", to.id);
    }
    this.#moving.delete(slot);
  }
}

async function migrate({ from, to }: Move, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  const target = [to.server.host, `${to.server.port}`, "", "0", `${patienceMs}`];
  await from.server.ask("MIGRATE", ...target, "KEYS", ...keys);
}
