// A TCP proxy between a client and a server of a test: it can cut connections, refuse them, and keep
// what the server answers from the client.
import { connect, createServer, type Server, type Socket } from "node:net";
import { onFreePort } from "./redis/ports.ts";

type Pair = { readonly client: Socket; readonly server: Socket };

/** How many replies are still to be lost, to what, where such a request came by, and what is done then. */
type Loss = {
  readonly to: string;
  left: number;
  readonly asked: Set<Pair>;
  readonly onLost: () => void;
};

export class TcpProxy {
  readonly host = "127.0.0.1";
  readonly port: number;
  /** How many connections clients have made. */
  connections = 0;
  /** Bytes that clients have sent through. */
  sentBytes = 0;
  readonly #targetPort: number;
  readonly #pairs = new Set<Pair>();
  #listener: Server | null = null;
  #drops = false;
  #loss: Loss | null = null;

  static async start(targetPort: number): Promise<TcpProxy> {
    return onFreePort(async (port) => {
      const proxy = new TcpProxy(port, targetPort);
      await proxy.accept();
      return proxy;
    });
  }

  private constructor(port: number, targetPort: number) {
    this.port = port;
    this.#targetPort = targetPort;
  }

  /** How many connections are open. */
  get open(): number {
    return this.#pairs.size;
  }

  /** Replies reach the client again. */
  passReplies(): void {
    this.#drops = false;
    this.#loss = null;
  }

  /** From now on what the server says is dropped: its work is done, and the client waits. */
  dropReplies(): void {
    this.#drops = true;
  }

  /**
   * The next reply of the server is dropped and its connection cut: the request was carried out, and
   * the client never hears of it. Later connections pass replies.
   */
  loseNextReply(): void {
    this.#loss = { to: "", left: 1, asked: new Set(this.#pairs), onLost: () => {} };
  }

  /** The same of so many requests from now on that hold `to`; `onLost` is called with each. */
  loseReplies(to: string, count: number, onLost = () => {}): void {
    this.#loss = { to, left: count, asked: new Set(), onLost };
  }

  /** Cuts every open connection, without a goodbye. */
  cut(): void {
    for (const pair of this.#pairs) this.#end(pair);
  }

  /** Cuts every connection; new ones are refused. */
  async refuse(): Promise<void> {
    const listener = this.#listener;
    this.#listener = null;
    this.cut();
    if (listener !== null) await new Promise((resolve) => listener.close(resolve));
  }

  /** Takes connections, on the same port as ever. */
  async accept(): Promise<void> {
    if (this.#listener !== null) return;
    const listener = createServer((client) => this.#join(client));
    this.#listener = listener;
    await new Promise<void>((resolve, reject) => {
      listener.once("error", reject).listen(this.port, this.host, resolve);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.refuse();
  }

  #join(client: Socket): void {
    const pair = { client, server: connect(this.#targetPort, this.host) };
    this.connections += 1;
    this.#pairs.add(pair);
    client.setNoDelay(true);
    client.on("data", (bytes) => {
      this.sentBytes += bytes.length;
      if (this.#loss !== null && bytes.includes(this.#loss.to)) this.#loss.asked.add(pair);
      pair.server.write(bytes);
    });
    pair.server.on("data", (bytes) => this.#reply(pair, bytes));
    for (const socket of [client, pair.server]) {
      socket.on("error", () => this.#end(pair)).on("close", () => this.#end(pair));
    }
  }

  #reply(pair: Pair, bytes: Buffer): void {
    if (this.#drops) return;
    const loss = this.#loss;
    if (loss === null || !loss.asked.has(pair)) {
      pair.client.write(bytes);
      return;
    }
    loss.left -= 1;
    if (loss.left === 0) this.#loss = null;
    this.#end(pair);
    loss.onLost();
  }

  #end(pair: Pair): void {
    if (!this.#pairs.delete(pair)) return;
    pair.client.resetAndDestroy();
    pair.server.destroy();
  }
}
