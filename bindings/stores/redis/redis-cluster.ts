// Sends commands with a cluster of @redis/client, 5 or 6, and has it discover its slots anew after
// a failure.
import type { RequestView } from "../../boundary/host-request.ts";
import { nodeOf, replyOf, type Word, wordsOf } from "./redis-command.ts";
import {
  type Client,
  keepInStep,
  queued,
  refusalsOf,
  type Sender,
  type SendOptions,
} from "./redis-sender.ts";

type Node = { readonly address: string; readonly client?: Client | undefined };
type Cluster = {
  /** Not part of its API. */
  readonly _slots?: { rediscover?(from?: object): Promise<unknown> };
  readonly isOpen: boolean;
  readonly masters: readonly Node[];
  nodeClient(node: Node): Client | Promise<Client>;
  sendCommand(
    key: Word | undefined,
    isReadonly: boolean,
    args: readonly Word[],
    options: SendOptions,
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
        rediscover(cluster);
        // The client throws this TypeError before it sends anything, if it knows no node for a slot.
        const knowsNone = error instanceof TypeError && error.message.includes("'master'");
        throw knowsNone ? new NotServed(error) : error;
      }),
  };
}

/**
 * Has the cluster discover its slots, unless all masters are connected. A cluster of version 5 learns that
 * a replica was promoted only from MOVED, which a dead master cannot send. And no version asks again after
 * a cluster has replied that it has no slots.
 */
function rediscover(cluster: Cluster): void {
  const clients = cluster.masters.flatMap(({ client }) => (client === undefined ? [] : [client]));
  const ready = clients.find(({ isReady }) => isReady);
  const knowsAll = clients.length > 0 && clients.every(({ isReady }) => isReady);
  if (knowsAll || !cluster.isOpen) return;
  cluster._slots?.rediscover?.(ready ?? noClient).catch(() => {});
}

// Version 5 takes a client to ask first, and asks the root nodes if that fails: so this one always fails.
const noClient = {
  options: {
    get socket(): never {
      throw new Error("no node of the cluster answers, and its root nodes are asked again");
    },
  },
};
