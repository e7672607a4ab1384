// The host over a client of ioredis, 5 or 6. The core decides what is requested and what a failure means
// (wasm/stores/redis/redis-store.h).

import type { HostReply } from "../../boundary/host-reply.ts";
import type { RequestView } from "../../boundary/host-request.ts";
import { verb } from "../../boundary/host-request.ts";
import type { Host } from "../../operation/host.ts";
import { RedisBatcher } from "./redis-batcher.ts";
import type {
  IoRedisClient,
  IoRedisCluster,
  IoRedisEmitter,
  IoRedisNode,
  IoRedisSend,
  IoRedisStream,
} from "./redis-clients.ts";
import {
  markRepeated,
  namesOf,
  nodeOf,
  performEach,
  replyOf,
  type Word,
  wordsOf,
} from "./redis-command.ts";

class NotReady extends Error {
  override readonly name = "NotReady";
}

// Stores over one client share a host, which listens to the client's events.
const hosts = new WeakMap<object, IoRedisHost>();

export function ioRedisHostOf(redis: IoRedisClient | IoRedisCluster): IoRedisHost {
  const host = hosts.get(redis) ?? new IoRedisHost(redis);
  hosts.set(redis, host);
  return host;
}

class IoRedisHost implements Host {
  readonly takesViews = true;
  readonly #redis: IoRedisClient | IoRedisCluster;
  /** The number of lost connections: a command that was under way then may have been sent again. */
  #lostConnections = 0;
  #trouble: Error | undefined;
  /** The node or sentinel of the last error: the client's own error does not name it. */
  #origin = "";
  readonly #resendsNothing: boolean;
  readonly #sends = new Map<string, IoRedisSend>();
  readonly #pending = new Set<(error: Error) => void>();
  readonly #isCluster: boolean;
  readonly #batcher = new RedisBatcher((words) => this.#sendTo("", words));

  constructor(redis: IoRedisClient | IoRedisCluster) {
    this.#redis = redis;
    this.#isCluster = "nodes" in redis;
    this.#resendsNothing = redis.options.autoResendUnfulfilledCommands === false;
    this.#watch(redis);
    if ("nodes" in redis) {
      for (const node of redis.nodes("all")) this.#watch(node);
      redis.on("+node", (node: IoRedisNode) => this.#watch(node));
      redis.on("node error", (error: Error, name: string) => {
        this.#origin = ` ${name}: ${error.message}`;
      });
      // The client has the slots cache by then. If the cluster is down, it tries again without any event.
      redis.on("connect", () => {
        this.#trouble = new Error(
          "the slots cache came, but the cluster is not ready, or its user may not ask for CLUSTER INFO",
        );
      });
      redis.on("ready", () => {
        this.#trouble = undefined;
      });
    }
    redis.on("sentinelError", (error: Error) => {
      this.#origin = ` ${error.message}`;
    });
    redis.on("ready", () => {
      this.#origin = "";
    });
  }

  perform(requests: readonly RequestView[]): Promise<HostReply[]> {
    return performEach(requests, this.#one);
  }

  readonly #one = (request: RequestView): Promise<HostReply> => {
    if (request.verb === verb.nodes) return Promise.resolve(namesOf(this.#masters().map(nameOf)));
    const lost = this.#lostConnections;
    const words = wordsOf(request);
    const answered = this.#isCluster
      ? this.#sendTo(nodeOf(request), words).then(replyOf)
      : this.#batcher.send(words);
    return markRepeated(answered, () => lost !== this.#lostConnections);
  };

  /** Sends a command to the node of that name, or to the client if the name is empty. */
  #sendTo(name: string, [command, ...words]: readonly Word[]): Promise<unknown> {
    const redis = this.#redis;
    if (redis.status !== "ready") return Promise.reject(this.#notReady());
    const target = name === "" ? redis : this.#masters().find((node) => nameOf(node) === name);
    if (target === undefined) return Promise.reject(new Error(`${name} is no longer a master`));
    joinWrites(target.stream);
    const called = this.#sendOf(String(command)).apply(target, words);
    return this.#resendsNothing ? this.#untilLost(called) : called;
  }

  // With automatic pipelining, the client's own methods and `call` work; `callBuffer` drops the
  // name of the command and executes the key.
  #sendOf(command: string): IoRedisSend {
    let send = this.#sends.get(command);
    if (send === undefined) {
      send = this.#redis.createBuiltinCommand(command).buffer;
      this.#sends.set(command, send);
    }
    return send;
  }

  // A client that resends nothing never settles the commands of a lost connection.
  #untilLost(called: Promise<unknown>): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#pending.add(reject);
    called.then(resolve, reject).finally(() => this.#pending.delete(reject));
    return promise;
  }

  #masters(): IoRedisNode[] {
    return "nodes" in this.#redis ? this.#redis.nodes("master") : [];
  }

  #watch(connection: IoRedisEmitter): void {
    connection.on("close", () => {
      this.#lostConnections += 1;
      for (const reject of this.#pending) reject(new Error("the connection was lost"));
    });
    connection.on("error", (error: Error) => {
      this.#trouble = error;
    });
  }

  // A client that is not connected gets no commands: it would keep them until it is.
  #notReady(): Error {
    const { status } = this.#redis;
    if (status === "end") return new Error("the client is closed and was not asked");
    // The client connects when it is first used.
    if (status === "wait") this.#redis.connect().catch(() => {});
    const trouble = this.#trouble === undefined ? "" : `: ${this.#trouble.message}`;
    return new NotReady(`not connected${trouble}${this.#origin}`);
  }
}

// The streams that were written to in this turn, and whether each is corked since.
const written = new Map<IoRedisStream, boolean>();

/** ioredis writes each command by itself. This joins the writes of one turn, except the first, into one. */
function joinWrites(stream: IoRedisStream | undefined): void {
  if (stream?.cork === undefined) return;
  const isHeld = written.get(stream);
  if (isHeld === undefined) {
    written.set(stream, false);
    queueMicrotask(() => {
      if (written.get(stream)) stream.uncork();
      written.delete(stream);
    });
  } else if (!isHeld) {
    written.set(stream, true);
    stream.cork();
  }
}

function nameOf({ options }: IoRedisNode): string {
  return `${options.host}:${options.port}`;
}
