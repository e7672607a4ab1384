// The host over @redis/client, 5 or 6: it sends the commands that the core asks for. The core
// decides which they are and what a failure means (wasm/stores/redis/redis-store.h).
//
// The client never repeats a command that the server may have received, except the client of a
// sentinel, which does when the connection was lost.

import type { HostReply } from "../../boundary/host-reply.ts";
import type { RequestView } from "../../boundary/host-request.ts";
import { verb } from "../../boundary/host-request.ts";
import type { Host } from "../../operation/host.ts";
import { RedisBatcher } from "./redis-batcher.ts";
import { markRepeated, namesOf, performEach, replyOf, wordsOf } from "./redis-command.ts";
import {
  type Client,
  direct,
  keepInStep,
  queued,
  refusalsOf,
  type Sender,
} from "./redis-sender.ts";

type Pool = {
  readonly isOpen: boolean;
  readonly idleClients: number;
  readonly totalClients: number;
  /** Calls `use` with a client of its choice, as its `sendCommand` does. */
  execute(use: (client: Client) => Promise<unknown>): Promise<unknown>;
};
type Sentinel = {
  readonly isOpen: boolean;
  /** True from when it has found the master until it is closed. */
  readonly isReady: boolean;
  /** Calls `use` with the master's client, as its `sendCommand` does. Not part of its API. */
  _execute(isReadonly: boolean, use: (client: Client) => Promise<unknown>): Promise<unknown>;
};

export class RedisHost implements Host {
  readonly takesViews = true;
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

export function clientSender(client: Client): Sender {
  keepInStep(client);
  const refusals = refusalsOf(client);
  const options = direct();
  const batcher = new RedisBatcher((words) => {
    if (client.isReady) return client.sendCommand(words, options);
    return Promise.reject(client.isOpen ? refusals.notReady() : refusals.closed());
  });
  return {
    isCluster: false,
    nodes: () => [],
    send: (request) => batcher.send(wordsOf(request)),
  };
}

export function poolSender(pool: Pool): Sender {
  // Until its first client is connected, a pool keeps commands, and this host must not give it any.
  let hasServed = false;
  const refusals = refusalsOf(pool);
  const options = queued();
  return {
    isCluster: false,
    nodes: () => [],
    send(request) {
      if (!pool.isOpen) return Promise.reject(refusals.closed());
      if (!hasServed && pool.idleClients === 0 && pool.totalClients > 0) {
        return Promise.reject(refusals.notReady());
      }
      const words = wordsOf(request);
      const sent = pool.execute((client) => {
        hasServed = true;
        keepInStep(client);
        if (!client.isReady) return Promise.reject(refusals.notReady());
        refusals.forget();
        return client.sendCommand(words, options);
      });
      return sent.then(replyOf);
    },
  };
}

export function sentinelSender(sentinel: Sentinel): Sender {
  const refusals = refusalsOf(sentinel);
  const options = queued();
  return {
    isCluster: false,
    nodes: () => [],
    send(request) {
      if (!sentinel.isReady) {
        return Promise.reject(sentinel.isOpen ? refusals.notReady() : refusals.closed());
      }
      const words = wordsOf(request);
      const name = words[0];
      // The client reads the command's name each time that it sends the command: this counts how often.
      let sent = 0;
      Object.defineProperty(words, 0, {
        get() {
          sent += 1;
          return name;
        },
      });
      const answered = sentinel._execute(false, (client) => {
        keepInStep(client);
        return client.sendCommand(words, options);
      });
      return markRepeated(answered.then(replyOf), () => sent > 1);
    },
  };
}
