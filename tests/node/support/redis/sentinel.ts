// A master with one replica, watched by three sentinels that notice a dead master within about a second.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./ports.ts";
import { eventually, RedisProcess } from "./process.ts";
import { RedisServer, type RedisServerOptions } from "./standalone.ts";

const sentinels = 3;
const quorum = 2;

export class RedisSentinels {
  /** The name under which the sentinels know the master. */
  readonly masterName = "kvista";
  /** Where the sentinels listen. */
  readonly sentinelPorts: number[] = [];
  /** The first master and its replica; `master()` tells who it is now. */
  readonly servers: RedisServer[] = [];
  readonly #sentinels: RedisProcess[] = [];
  #folder = "";

  static async start(
    options: Pick<RedisServerOptions, "appendOnly" | "password"> = {},
  ): Promise<RedisSentinels> {
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

  async #start(options: Pick<RedisServerOptions, "appendOnly" | "password">): Promise<void> {
    const { password } = options;
    const login = password ? ["--masterauth", password] : [];
    const settings = ["--repl-diskless-sync-delay", "0", ...login];
    const master = await RedisServer.start({ ...options, settings });
    this.servers.push(master);
    const follows = ["--replicaof", `127.0.0.1 ${master.port}`];
    this.servers.push(await RedisServer.start({ ...options, settings: [...settings, ...follows] }));
    await eventually("the replica follows", async () =>
      (await master.ask("INFO", "replication")).includes("state=online"),
    );
    this.#folder = await mkdtemp(join(tmpdir(), "kvista-sentinel-"));
    for (let i = 0; i < sentinels; i++) await this.#startSentinel(master.port, password);
    await eventually("the sentinels know each other and the replica", async () => {
      const masters = await Promise.all(
        this.#sentinels.map((one) => one.ask("SENTINEL", "MASTER", this.masterName)),
      );
      const others = new RegExp(`num-other-sentinels\\n${sentinels - 1}\\n`);
      return masters.every((text) => others.test(text) && /num-slaves\n1\n/.test(text));
    });
  }

  async #startSentinel(masterPort: number, password: string | undefined): Promise<void> {
    const port = await freePort();
    const file = join(this.#folder, `sentinel-${port}.conf`);
    // A sentinel writes what it learns into its file.
    const lines = [
      `port ${port}`,
      "bind 127.0.0.1",
      `dir ${this.#folder}`,
      `sentinel monitor ${this.masterName} 127.0.0.1 ${masterPort} ${quorum}`,
      ...(password ? [`sentinel auth-pass ${this.masterName} ${password}`] : []),
      `sentinel down-after-milliseconds ${this.masterName} 1000`,
      `sentinel failover-timeout ${this.masterName} 5000`,
    ];
    await writeFile(file, `${lines.join("\n")}\n`);
    const sentinel = new RedisProcess([file, "--sentinel"], ["-h", "127.0.0.1", "-p", `${port}`]);
    this.#sentinels.push(sentinel);
    this.sentinelPorts.push(port);
    await sentinel.start();
  }

  async #masterPort(sentinel: RedisProcess | undefined): Promise<number> {
    const address = await sentinel?.ask("SENTINEL", "GET-MASTER-ADDR-BY-NAME", this.masterName);
    return Number(address?.split("\n")[1]);
  }
}
