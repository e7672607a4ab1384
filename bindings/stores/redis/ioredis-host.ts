// The host over ioredis, 5 or 6: it calls the client. What is asked, and what a failure means, is the
// core's (wasm/stores/redis/redis-store.h).

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

// Stores over one client share what listens to it.
const hosts = new WeakMap<object, IoRedisHost>();

export function ioRedisHostOf(redis: IoRedisClient | IoRedisCluster): IoRedisHost {
  const host = hosts.get(redis) ?? new IoRedisHost(redis);
  hosts.set(redis, host);
  return host;
}

class IoRedisHost implements Host {
  readonly takesViews = true;
  readonly #redis: IoRedisClient | IoRedisCluster;
  /** How often a connection was lost: what was under way then may have been sent again. */
  #losses = 0;
  #trouble: Error | undefined;
  /** Of which node or sentinel it came: the client's own error does not say. */
  #origin = "";
  readonly #forgets: boolean;
  readonly #sends = new Map<string, IoRedisSend>();
  readonly #outstanding = new Set<(error: Error) => void>();
  readonly #isCluster: boolean;
  readonly #batcher = new RedisBatcher((words) => this.#sendTo("", words));

  constructor(redis: IoRedisClient | IoRedisCluster) {
    this.#redis = redis;
    this.#isCluster = "nodes" in redis;
    this.#forgets = redis.options.autoResendUnfulfilledCommands === false;
    this.#watch(redis);
    if ("nodes" in redis) {
      for (const node of redis.nodes("all")) this.#watch(node);
      redis.on("+node", (node: IoRedisNode) => this.#watch(node));
      redis.on("node error", (error: Error, name: string) => {
        this.#origin = ` ${name}: ${error.message}`;
      });
      // It has the slots cache by then; that the cluster is down it tells nobody, and tries again.
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
    const losses = this.#losses;
    const words = wordsOf(request);
    const answered = this.#isCluster
      ? this.#sendTo(nodeOf(request), words).then(replyOf)
      : this.#batcher.send(words);
    return markRepeated(answered, () => losses !== this.#losses);
  };

  /** Sends a command to that node; to the client, if it is empty. */
  #sendTo(name: string, [command, ...words]: readonly Word[]): Promise<unknown> {
    const redis = this.#redis;
    if (redis.status !== "ready") return Promise.reject(this.#notReady());
    const target = name === "" ? redis : this.#masters().find((node) => nameOf(node) === name);
    if (target === undefined) return Promise.reject(new Error(`${name} is no longer a master`));
    holdWrites(target.stream);
    const called = this.#sendOf(String(command)).apply(target, words);
    return this.#forgets ? this.#untilLost(called) : called;
  }

  // A method of the client's own, or its `call`, takes part in automatic pipelining; that of `callBuffer`
  // drops the command's name and executes the key.
  #sendOf(command: string): IoRedisSend {
    let send = this.#sends.get(command);
    if (send === undefined) {
      send = this.#redis.createBuiltinCommand(command).buffer;
      this.#sends.set(command, send);
    }
    return send;
  }

  // A client that is told to send nothing again leaves such commands without an end.
  #untilLost(called: Promise<unknown>): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#outstanding.add(reject);
    called.then(resolve, reject).finally(() => this.#outstanding.delete(reject));
    return promise;
  }

  #masters(): IoRedisNode[] {
    return "nodes" in this.#redis ? this.#redis.nodes("master") : [];
  }

  #watch(connection: IoRedisEmitter): void {
    connection.on("close", () => {
      this.#losses += 1;
      for (const reject of this.#outstanding) reject(new Error("the connection was lost"));
    });
    connection.on("error", (error: Error) => {
      this.#trouble = error;
    });
  }

  // Commands are not given to a client that would keep them until it is connected.
  #notReady(): Error {
    const { status } = this.#redis;
    if (status === "end") return new Error("the client is closed and was not asked");
    // A client that is to connect when it is first used.
    if (status === "wait") this.#redis.connect().catch(() => {});
    const trouble = this.#trouble === undefined ? "" : `: ${this.#trouble.message}`;
    return new NotReady(`not connected${trouble}${this.#origin}`);
  }
}

// Streams that were written to in this turn, and whether they are held since.
const written = new Map<IoRedisStream, boolean>();

/** ioredis writes each command by itself: those of one turn, but for the first, leave in one write. */
function holdWrites(stream: IoRedisStream | undefined): void {
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
