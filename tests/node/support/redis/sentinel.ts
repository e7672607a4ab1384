// A master with one replica, watched by three sentinels.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Certificates } from "./certificates.ts";
import { onFreePort } from "./ports.ts";
import { eventually, RedisProcess } from "./process.ts";
import { RedisServer, type RedisServerOptions } from "./standalone.ts";

const sentinels = 3;
const quorum = 2;

type Shared = Pick<RedisServerOptions, "appendOnly" | "password" | "user" | "tls"> & {
  /** What the sentinels themselves want to be told. */
  readonly sentinelPassword?: string;
  /** A master that is silent so long counts as dead: by default longer than any that lives. */
  readonly downAfterMs?: number;
};

export class RedisSentinels {
  /** The name under which the sentinels know the master. */
  readonly masterName = "kvista";
  /** Where the sentinels listen. */
  readonly sentinelPorts: number[] = [];
  /** The first master and its replica; `master()` tells who it is now. */
  readonly servers: RedisServer[] = [];
  readonly #sentinels: RedisProcess[] = [];
  #folder = "";

  /** The options are for the servers; with `tls` the sentinels speak it too, and all among themselves. */
  static async start(options: Shared = {}): Promise<RedisSentinels> {
    const trio = new RedisSentinels();
    try {
      await trio.#start(options);
    } catch (error) {
      await trio[Symbol.asyncDispose]();
      throw error;
    }
    return trio;
  }

  private constructor() {}

  /** The master that the sentinels name. */
  async master(): Promise<RedisServer> {
    const port = await this.#masterPort(this.#sentinels[0]);
    const server = this.servers.find((one) => one.port === port);
    if (server === undefined) throw new Error(`the sentinels name a master on port ${port}`);
    return server;
  }

  /** Resolves when every sentinel names another master than `old`, and that one takes writes. */
  async promotionAfter(old: RedisServer): Promise<RedisServer> {
    await eventually("the replica is promoted", async () => {
      const ports = await Promise.all(this.#sentinels.map((one) => this.#masterPort(one)));
      const [port] = ports;
      if (port === old.port || ports.some((other) => other !== port)) return false;
      return (await (await this.master()).ask("ROLE")).startsWith("master");
    });
    return this.master();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#sentinels.map((sentinel) => sentinel.kill()));
    await Promise.all(this.servers.map((server) => server[Symbol.asyncDispose]()));
    if (this.#folder !== "") await rm(this.#folder, { recursive: true, force: true });
  }

  async #start(options: Shared): Promise<void> {
    const { password, tls } = options;
    const login = password ? ["--masterauth", password] : [];
    const replication = tls ? ["--tls-replication", "yes"] : [];
    const settings = ["--repl-diskless-sync-delay", "0", ...login, ...replication];
    const master = await RedisServer.start({ ...options, settings });
    this.servers.push(master);
    const replica = await RedisServer.start({
      ...options,
      ...(master.certificates !== null && { certificates: master.certificates }),
      settings: [...settings, "--replicaof", `127.0.0.1 ${master.port}`],
    });
    this.servers.push(replica);
    await eventually("the replica follows", async () =>
      (await master.ask("INFO", "replication")).includes("state=online"),
    );
    this.#folder = await mkdtemp(join(tmpdir(), "kvista-sentinel-"));
    for (let i = 0; i < sentinels; i++) await this.#startSentinel(master, options);
    await eventually("the sentinels know each other and the replica", async () => {
      const masters = await Promise.all(
        this.#sentinels.map((one) => one.ask("SENTINEL", "MASTER", this.masterName)),
      );
      const others = new RegExp(`num-other-sentinels\\n${sentinels - 1}\\n`);
      return masters.every((text) => others.test(text) && /num-slaves\n1\n/.test(text));
    });
  }

  async #startSentinel(master: RedisServer, options: Shared): Promise<void> {
    await onFreePort((port) => this.#startSentinelOn(port, master, options));
  }

  async #startSentinelOn(port: number, master: RedisServer, options: Shared): Promise<void> {
    const { password, sentinelPassword, downAfterMs = 120_000 } = options;
    const file = join(this.#folder, `sentinel-${port}.conf`);
    // A sentinel writes what it learns into its file.
    const lines = [
      ...(master.certificates === null ? [`port ${port}`] : ["port 0", `tls-port ${port}`]),
      ...tlsLines(master.certificates),
      ...(sentinelPassword
        ? [`requirepass ${sentinelPassword}`, `sentinel sentinel-pass ${sentinelPassword}`]
        : []),
      "bind 127.0.0.1",
      `dir ${this.#folder}`,
      `sentinel monitor ${this.masterName} 127.0.0.1 ${master.port} ${quorum}`,
      ...(password ? [`sentinel auth-pass ${this.masterName} ${JSON.stringify(password)}`] : []),
      `sentinel down-after-milliseconds ${this.masterName} ${downAfterMs}`,
      `sentinel failover-timeout ${this.masterName} 5000`,
    ];
    await writeFile(file, `${lines.join("\n")}\n`);
    const cliArgs = ["-h", "127.0.0.1", "-p", `${port}`];
    if (sentinelPassword) cliArgs.push("-a", sentinelPassword);
    if (master.certificates !== null) cliArgs.push("--tls", "--cacert", master.certificates.caFile);
    const sentinel = new RedisProcess([file, "--sentinel"], cliArgs);
    await sentinel.start();
    this.#sentinels.push(sentinel);
    this.sentinelPorts.push(port);
  }

  async #masterPort(sentinel: RedisProcess | undefined): Promise<number> {
    const address = await sentinel?.ask("SENTINEL", "GET-MASTER-ADDR-BY-NAME", this.masterName);
    return Number(address?.split("\n")[1]);
  }
}

function tlsLines(certificates: Certificates | null): string[] {
  if (certificates === null) return [];
  const { caFile, certFile, keyFile } = certificates;
  return [
    `tls-cert-file ${certFile}`,
    `tls-key-file ${keyFile}`,
    `tls-ca-cert-file ${caFile}`,
    "tls-auth-clients no",
    "tls-replication yes",
  ];
}
