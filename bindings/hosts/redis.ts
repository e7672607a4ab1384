// The host over @redis/client, 5 or 6: it sends the commands that the core asks for. What they are,
// and what a failure means, is the core's (wasm/stores/redis-store.h).
//
// The client sends nothing twice of which the server may have heard, but for the sentinel's: it does when
// the connection was lost.
import type { Host } from "../drive.ts";
import type { HostReply, RequestView } from "../wire.ts";
import { verb } from "../wire.ts";
import {
  namesOf,
  nodeOf,
  performEach,
  replyOf,
  replyToRepeated,
  type Word,
  wordsOf,
} from "./redis-reply.ts";

type Options = { readonly typeMapping: object; readonly timeout?: number | undefined };

/** The parts of a client that are used, the same in both versions. */
type Client = {
  readonly isOpen: boolean;
  readonly isReady: boolean;
  sendCommand(args: readonly Word[], options: Options): Promise<unknown>;
};
type Sentinel = {
  readonly isOpen: boolean;
  sendCommand(isReadonly: boolean, args: readonly Word[], options: Options): Promise<unknown>;
};
type Node = { readonly address: string; readonly client?: Client | undefined };
type Cluster = {
  /** Not of its API. */
  readonly _slots?: { rediscover?(from: Client): Promise<unknown> };
  readonly isOpen: boolean;
  readonly masters: readonly Node[];
  nodeClient(node: Node): Client | Promise<Client>;
  sendCommand(
    key: Word | undefined,
    isReadonly: boolean,
    args: readonly Word[],
    options: Options,
  ): Promise<unknown>;
};

/** How one kind of client sends a command. */
export type Sender = {
  readonly isCluster: boolean;
  send(request: RequestView): Promise<HostReply>;
  nodes(): readonly string[];
};

// Texts come as bytes, whatever the client's own mapping, and a map as its keys and values in turn.
// The numbers are RESP's types, by their marks: $ + = %. (A Worker may have no Buffer.)
const typeMapping = () => ({ 36: Buffer, 43: Buffer, 61: Buffer, 37: Array });
const direct = (): Options => ({ typeMapping: typeMapping(), timeout: undefined });
// A command that could not be written by then was not sent: its queue would keep it for ever.
const queued = (): Options => ({ typeMapping: typeMapping(), timeout: 1000 });

const asReply = (reply: unknown): HostReply => replyOf(reply);

const closed = new Error("the client is closed and was not asked");

class NotReady extends Error {
  override readonly name = "NotReady";
}

class NotServed extends Error {
  override readonly name = "NotServed";

  constructor(cause: Error) {
    super("the client's slots cache has no node for this key", { cause });
  }
}

export class RedisHost implements Host {
  readonly readsAtOnce = true;
  readonly #sender: Sender;

  constructor(sender: Sender) {
    this.#sender = sender;
  }

  perform(requests: readonly RequestView[]): Promise<HostReply[]> {
    return performEach(requests, this.#one);
  }

  readonly #one = (request: RequestView): Promise<HostReply> => {
    if (request.verb === verb.nodes) return Promise.resolve(namesOf(this.#sender.nodes()));
    return this.#sender.send(request);
  };
}

/** The last thing that a client said of its connection. */
function troubleOf(client: unknown): () => Error {
  let last: Error | undefined;
  (client as { on?(event: string, listen: (error: Error) => void): void }).on?.(
    "error",
    (error) => {
      last = error;
    },
  );
  return () => new NotReady(`not connected${last === undefined ? "" : `: ${told(last)}`}`);
}

function told(error: Error & { code?: string; errors?: readonly Error[] }): string {
  return error.message || (error.errors?.[0]?.message ?? error.code ?? error.name);
}

export function clientSender(client: Client): Sender {
  const trouble = troubleOf(client);
  const options = direct();
  return {
    isCluster: false,
    nodes: () => [],
    send(request) {
      if (!client.isReady) return Promise.reject(client.isOpen ? trouble() : closed);
      return client.sendCommand(wordsOf(request), options).then(asReply);
    },
  };
}

export function poolSender(pool: Omit<Client, "isReady">): Sender {
  const options = queued();
  return {
    isCluster: false,
    nodes: () => [],
    send(request) {
      if (!pool.isOpen) return Promise.reject(closed);
      return pool.sendCommand(wordsOf(request), options).then(asReply);
    },
  };
}

export function sentinelSender(sentinel: Sentinel): Sender {
  const options = queued();
  return {
    isCluster: false,
    nodes: () => [],
    send(request) {
      if (!sentinel.isOpen) return Promise.reject(closed);
      const words = wordsOf(request);
      const name = words[0];
      // A command is encoded each time that it is sent, and its name is read then.
      let sent = 0;
      Object.defineProperty(words, 0, {
        get() {
          sent += 1;
          return name;
        },
      });
      return replyToRepeated(sentinel.sendCommand(false, words, options), () => sent > 1);
    },
  };
}

export function clusterSender(cluster: Cluster): Sender {
  const options = queued();
  const send = async (request: RequestView) => {
    if (!cluster.isOpen) throw closed;
    const words = wordsOf(request);
    const name = nodeOf(request);
    if (name === "") {
      return cluster.sendCommand(words[request.number - 1], false, words, options);
    }
    const node = cluster.masters.find(({ address }) => address === name);
    if (node === undefined) throw new Error(`${name} is no longer a master`);
    return (await cluster.nodeClient(node)).sendCommand(words, options);
  };
  return {
    isCluster: true,
    nodes: () => cluster.masters.map(({ address }) => address),
    send: (request) =>
      send(request).then(asReply, (error) => {
        relearn(cluster);
        // So it says that it knows no node for a slot, before it sends anything.
        const knowsNone = error instanceof TypeError && error.message.includes("'master'");
        throw knowsNone ? new NotServed(error) : error;
      }),
  };
}

/** A cluster of version 5 learns from a MOVED alone that a replica was promoted; a dead master sends none. */
function relearn(cluster: Cluster): void {
  const clients = cluster.masters.flatMap(({ client }) => (client === undefined ? [] : [client]));
  const ready = clients.find(({ isReady }) => isReady);
  if (ready === undefined || clients.every(({ isReady }) => isReady)) return;
  cluster._slots?.rediscover?.(ready).catch(() => {});
}
