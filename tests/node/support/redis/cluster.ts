// A cluster of three masters and three replicas.
import { eventually } from "./process.ts";
import { RedisServer, type RedisServerOptions } from "./standalone.ts";

const masters = 3;
const slots = 16_384;

const settings = [
  ...["--cluster-enabled", "yes", "--cluster-config-file", "nodes.conf"],
  ...["--cluster-node-timeout", "1000", "--cluster-replica-validity-factor", "0"],
  ...["--cluster-allow-replica-migration", "no", "--repl-diskless-sync-delay", "0"],
];

// A node that is silent so long counts as dead: by default longer than any that lives, on a machine however busy.
const defaultNodeTimeoutMs = 120_000;

type Shared = Pick<RedisServerOptions, "appendOnly" | "password" | "user" | "tls"> & {
  readonly nodeTimeoutMs?: number;
};

/** A line of CLUSTER NODES. */
export type ClusterNode = {
  readonly id: string;
  readonly server: RedisServer;
  readonly isMaster: boolean;
  /** The id of its master, if it is a replica. */
  readonly masterId: string | null;
  readonly isFailing: boolean;
  readonly slots: number;
};

export class RedisCluster {
  readonly servers: readonly RedisServer[];

  /** The options are for every node; with `tls` they speak it among themselves too. */
  static async start(options: Shared = {}): Promise<RedisCluster> {
    const cluster = new RedisCluster(
      await startAll(2 * masters, {
        ...options,
        settings: [
          ...settings,
          ...(options.password ? ["--masterauth", options.password] : []),
          ...(options.tls ? ["--tls-cluster", "yes", "--tls-replication", "yes"] : []),
        ],
      }),
    );
    try {
      await cluster.#join(options.nodeTimeoutMs ?? defaultNodeTimeoutMs);
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
    return cluster;
  }

  private constructor(servers: readonly RedisServer[]) {
    this.servers = servers;
  }

  get ports(): number[] {
    return this.servers.map(({ port }) => port);
  }

  /** The nodes as one that runs sees them. */
  async nodes(): Promise<ClusterNode[]> {
    const seer = this.servers.find(({ process }) => process.pid !== null);
    if (seer === undefined) throw new Error("no node of the cluster runs");
    return (await seer.ask("CLUSTER", "NODES"))
      .trim()
      .split("\n")
      .map((line) => this.#node(line));
  }

  /** Resolves when every running node finds every slot served, and each master's replica follows it. */
  async isWhole(): Promise<void> {
    const running = this.servers.filter(({ process }) => process.pid !== null);
    await eventually("the cluster is whole", async () => {
      for (const server of running) {
        const info = await server.ask("CLUSTER", "INFO");
        if (!info.includes("cluster_state:ok")) return false;
        if (!info.includes(`cluster_slots_ok:${slots}`)) return false;
        if (!info.includes(`cluster_known_nodes:${this.servers.length}`)) return false;
        const replication = await server.ask("INFO", "replication");
        if (/role:slave/.test(replication) && !/master_link_status:up/.test(replication)) {
          return false;
        }
      }
      const nodes = await this.nodes();
      return nodes.filter(({ isFailing }) => !isFailing).length >= running.length;
    });
  }

  /** Resolves when a replica of the master with that id has taken its place, and gives it. */
  async promotionOf(masterId: string): Promise<ClusterNode> {
    const before = await this.nodes();
    const heirs = new Set(before.filter((one) => one.masterId === masterId).map(({ id }) => id));
    let heir: ClusterNode | undefined;
    await eventually("a replica is promoted", async () => {
      heir = (await this.nodes()).find((one) => heirs.has(one.id) && one.isMaster && one.slots > 0);
      return heir !== undefined;
    });
    return heir as ClusterNode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.servers.map((server) => server[Symbol.asyncDispose]()));
  }

  async #join(nodeTimeoutMs: number): Promise<void> {
    const [first] = this.servers;
    const addresses = this.servers.map(({ host, port }) => `${host}:${port}`);
    const create = ["--cluster", "create", ...addresses];
    await first?.ask(...create, "--cluster-replicas", "1", "--cluster-yes");
    await this.isWhole();
    // The nodes get to know each other in a part of that time.
    for (const server of this.servers) {
      await server.ask("CONFIG", "SET", "cluster-node-timeout", `${nodeTimeoutMs}`);
    }
    await this.isWhole();
  }

  #node(line: string): ClusterNode {
    const [id = "", address = "", flags = "", master = "-", , , , , ...ranges] = line.split(" ");
    const port = Number(/:(\d+)@/.exec(address)?.[1]);
    const server = this.servers.find((one) => one.port === port);
    if (server === undefined) throw new Error(`the cluster has a node that is not ours: ${line}`);
    return {
      id,
      server,
      isMaster: flags.includes("master"),
      masterId: master === "-" ? null : master,
      isFailing: /fail|handshake|noaddr/.test(flags),
      // A slot that is on its way stands in brackets and is counted in its range.
      slots: ranges
        .filter((range) => !range.startsWith("["))
        .reduce((sum, range) => {
          const [from = 0, to = from] = range.split("-").map(Number);
          return sum + to - from + 1;
        }, 0),
    };
  }
}

/** All of them, or none. With `tls` all have the certificates of the first. */
async function startAll(count: number, options: RedisServerOptions): Promise<RedisServer[]> {
  const first = await RedisServer.start(options);
  const { certificates } = first;
  const like = certificates === null ? options : { ...options, certificates };
  const started = await Promise.allSettled(
    Array.from({ length: count - 1 }, () => RedisServer.start(like)),
  );
  const servers = [
    first,
    ...started.flatMap((one) => (one.status === "fulfilled" ? [one.value] : [])),
  ];
  const failed = started.find((one) => one.status === "rejected");
  if (failed === undefined) return servers;
  await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
  throw failed.reason;
}
