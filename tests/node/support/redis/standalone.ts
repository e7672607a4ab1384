// A standalone redis-server on a port of this machine, with its data in a folder that goes with it.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Certificates, makeCertificates } from "./certificates.ts";
import { freePort, onFreePort } from "./ports.ts";
import { RedisProcess } from "./process.ts";

export type RedisServerOptions = {
  /** The default user's password. */
  readonly password?: string;
  /** A further user, with the rules of `ACL SETUSER`. */
  readonly user?: { readonly name: string; readonly password: string; readonly rules: string };
  /** Only TLS is served, with a certificate of the test's own authority. */
  readonly tls?: boolean;
  /** TLS with those of another server, which it lets its folder keep. */
  readonly certificates?: Certificates;
  /** Every write is on the disk before it is acknowledged. */
  readonly appendOnly?: boolean;
  readonly maxMemory?: string;
  /** By default the server's own, `noeviction`. */
  readonly maxMemoryPolicy?: string;
  /** When to save a snapshot, as `60 1000`; by default never. */
  readonly save?: string;
  /** Further settings, as arguments of redis-server. */
  readonly settings?: readonly string[];
};

export class RedisServer {
  readonly host = "127.0.0.1";
  readonly port: number;
  readonly username: string | null;
  readonly password: string | null;
  /** Of a server with TLS. */
  readonly certificates: Certificates | null;
  /** Its data. */
  readonly folder: string;
  readonly process: RedisProcess;

  static async start(options: RedisServerOptions = {}): Promise<RedisServer> {
    return onFreePort(async (port) => {
      const server = await RedisServer.#on(port, options);
      try {
        await server.process.start();
      } catch (error) {
        await server[Symbol.asyncDispose]();
        throw error;
      }
      return server;
    });
  }

  /** A server that does not run yet. */
  static async prepare(options: RedisServerOptions = {}): Promise<RedisServer> {
    return RedisServer.#on(await freePort(), options);
  }

  static async #on(port: number, options: RedisServerOptions): Promise<RedisServer> {
    const folder = await mkdtemp(join(tmpdir(), "kvista-redis-"));
    const certificates =
      options.certificates ?? (options.tls ? await makeCertificates(folder) : null);
    const { password, user } = options;
    const args = [
      ...(certificates ? ["--port", "0", "--tls-port", `${port}`] : ["--port", `${port}`]),
      ...["--bind", "127.0.0.1", "--dir", folder, "--daemonize", "no"],
      ...["--save", options.save ?? "", "--enable-debug-command", "local"],
      ...(options.appendOnly ? ["--appendonly", "yes", "--appendfsync", "always"] : []),
      ...(options.maxMemory ? ["--maxmemory", options.maxMemory] : []),
      ...(options.maxMemoryPolicy ? ["--maxmemory-policy", options.maxMemoryPolicy] : []),
      ...(password ? ["--requirepass", password] : []),
      ...(user ? ["--user", user.name, "on", `>${user.password}`, ...user.rules.split(" ")] : []),
      ...(options.settings ?? []),
    ];
    const cliArgs = ["-h", "127.0.0.1", "-p", `${port}`, ...(password ? ["-a", password] : [])];
    if (certificates) {
      const { caFile, certFile, keyFile } = certificates;
      args.push("--tls-cert-file", certFile, "--tls-key-file", keyFile);
      args.push("--tls-ca-cert-file", caFile, "--tls-auth-clients", "no");
      cliArgs.push("--tls", "--cacert", caFile);
    }
    return new RedisServer(port, folder, options, certificates, { args, cliArgs });
  }

  private constructor(
    port: number,
    folder: string,
    { password, user }: RedisServerOptions,
    certificates: Certificates | null,
    { args, cliArgs }: { args: readonly string[]; cliArgs: readonly string[] },
  ) {
    this.port = port;
    this.folder = folder;
    this.username = user?.name ?? null;
    this.password = user?.password ?? password ?? null;
    this.certificates = certificates;
    this.process = new RedisProcess(args, cliArgs);
  }

  /** The certificate that a client has to trust, of a server with TLS. */
  get ca(): string | null {
    return this.certificates?.ca ?? null;
  }

  /** As the further user if there is one, else with the password. */
  get url(): string {
    const name = encodeURIComponent(this.username ?? "");
    const login = this.password === null ? "" : `${name}:${encodeURIComponent(this.password)}@`;
    return `${this.ca === null ? "redis" : "rediss"}://${login}${this.host}:${this.port}`;
  }

  /** A command by redis-cli, as the default user. */
  ask(...command: readonly string[]): Promise<string> {
    return this.process.ask(...command);
  }

  /** SIGKILL. */
  kill(): Promise<void> {
    return this.process.kill();
  }

  /** SIGKILL if it runs, then the same server again: same port, same data. */
  async restart(): Promise<void> {
    await this.process.kill();
    await this.process.start();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}
