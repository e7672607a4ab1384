// A proxy before each of several servers, as if they stood behind NAT: a client is told their addresses
// and reaches them by others.
import { TcpProxy } from "./tcp-proxy.ts";

export class TcpProxies {
  readonly #all: readonly TcpProxy[];
  /** From the address that a server tells to the one by which it is reached. */
  readonly addresses: { readonly [told: string]: { readonly host: string; readonly port: number } };

  static async start(ports: readonly number[]): Promise<TcpProxies> {
    const proxies = await Promise.all(ports.map((port) => TcpProxy.start(port)));
    return new TcpProxies(ports, proxies);
  }

  private constructor(ports: readonly number[], proxies: readonly TcpProxy[]) {
    this.#all = proxies;
    this.addresses = Object.fromEntries(
      proxies.map(({ host, port }, i) => [`${host}:${ports[i]}`, { host, port }]),
    );
  }

  /** The addresses by which the servers are reached, in the order of their ports. */
  get reached(): { readonly host: string; readonly port: number }[] {
    return this.#all.map(({ host, port }) => ({ host, port }));
  }

  /** Of all servers together, the replies to so many requests that hold `to` are lost. */
  loseReplies(to: string, count = 1, onLost = () => {}): void {
    let left = count;
    const lost = () => {
      left -= 1;
      if (left === 0) this.passReplies();
      onLost();
    };
    for (const proxy of this.#all) proxy.loseReplies(to, count, lost);
  }

  passReplies(): void {
    for (const proxy of this.#all) proxy.passReplies();
  }

  dropReplies(): void {
    for (const proxy of this.#all) proxy.dropReplies();
  }

  /** Cuts every open connection. */
  cut(): void {
    for (const proxy of this.#all) proxy.cut();
  }

  /** Cuts every connection; new ones are refused. */
  async refuse(): Promise<void> {
    await Promise.all(this.#all.map((proxy) => proxy.refuse()));
  }

  async accept(): Promise<void> {
    await Promise.all(this.#all.map((proxy) => proxy.accept()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.refuse();
  }
}
