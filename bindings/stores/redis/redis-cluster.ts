// How a cluster of @redis/client, 5 or 6, is asked, and made to learn again where its slots are.
import type { RequestView } from "../../boundary/host-request.ts";
import { keepInStep } from "./redis-in-step.ts";
import { nodeOf, replyOf, type Word, wordsOf } from "./redis-reply.ts";
import { type Client, type Options, queued, refusalsOf, type Sender } from "./redis-sender.ts";

type Node = { readonly address: string; readonly client?: Client | undefined };
type Cluster = {
  /** Not of its API. */
  readonly _slots?: { rediscover?(from?: object): Promise<unknown> };
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

class NotServed extends Error {
  override readonly name = "NotServed";

  constructor(cause: Error) {
    super("the client's slots cache has no node for this key", { cause });
  }
}

export function clusterSender(cluster: Cluster): Sender {
  const refusals = refusalsOf(cluster);
  const options = queued();
  const send = async (request: RequestView) => {
    if (!cluster.isOpen) throw refusals.closed();
    for (const { client } of cluster.masters) if (client !== undefined) keepInStep(client);
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
      send(request).then(replyOf, (error) => {
        relearn(cluster);
        // So it says that it knows no node for a slot, before it sends anything.
        const knowsNone = error instanceof TypeError && error.message.includes("'master'");
        throw knowsNone ? new NotServed(error) : error;
      }),
  };
}

/**
 * A cluster of version 5 learns from a MOVED alone that a replica was promoted, and a dead master sends
 * none. Neither version asks again a cluster that had no slots to tell of.
 */
function relearn(cluster: Cluster): void {
  const clients = cluster.masters.flatMap(({ client }) => (client === undefined ? [] : [client]));
  const ready = clients.find(({ isReady }) => isReady);
  const knowsAll = clients.length > 0 && clients.every(({ isReady }) => isReady);
  if (knowsAll || !cluster.isOpen) return;
  cluster._slots?.rediscover?.(ready ?? ofNone).catch(() => {});
}

// Version 5 wants a client to begin with, and goes on to the root nodes when that one fails.
const ofNone = {
  options: {
    get socket(): never {
      throw new Error("no node of the cluster answers, and its root nodes are asked again");
    },
  },
};
