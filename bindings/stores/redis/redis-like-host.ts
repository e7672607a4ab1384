// The host over an object that has only `get`, `set`, `del` and `scan`, as Uploadista's own stores
// need it. Each of the core's four commands is a call of one of these methods.

import type { HostReply } from "../../boundary/host-reply.ts";
import type { RequestView } from "../../boundary/host-request.ts";
import type { Host } from "../../operation/host.ts";
import type { RedisLike } from "./redis-clients.ts";
import { performEach, replyOf } from "./redis-command.ts";

export class RedisLikeHost implements Host {
  readonly takesViews = true;
  readonly #redis: RedisLike;

  constructor(redis: RedisLike) {
    this.#redis = redis;
  }

  perform(requests: readonly RequestView[]): Promise<HostReply[]> {
    return performEach(requests, (request) => this.#one(request));
  }

  async #one({ key, valueText }: RequestView): Promise<HostReply> {
    const [name, first = "", , pattern = "", , count] = key.split("\0");
    switch (name) {
      case "get":
        return replyOf(await this.#redis.get(first));
      case "set":
        return replyOf(await this.#redis.set(first, valueText));
      case "del":
        return replyOf(await this.#redis.del(first));
      case "scan": {
        const options = { MATCH: pattern, COUNT: Number(count) };
        const { cursor, keys } = await this.#redis.scan(first, options);
        return replyOf([cursor, keys]);
      }
      default:
        throw new TypeError(`an object with get, set, del and scan has no ${name}`);
    }
  }
}
