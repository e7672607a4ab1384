// The connection of a gateway's object to Redis. The first operation opens it, and all operations of the
// object share it. It is closed when no operation has come for a while, because an open socket keeps the
// object awake and billed. The number of operations under way is bounded.
import type { ByteStore } from "../contract/bytes.ts";
import { KvError } from "../contract/errors.ts";
import { openIoredis } from "../settings/open-redis.ts";
import type { RedisConnection } from "../settings/redis-connection.ts";
import { misconfigured, settingError } from "../settings/setting-error.ts";
import { parseStoreUrl } from "../settings/store-url.ts";

/** The variables and secrets of the gateway. Numbers are text, because a Worker's variables are text. */
export type RedisGatewayEnv = {
  /** A secret: how to reach Redis, in the grammar of bindings/settings/store-url.ts. */
  readonly REDIS_URL?: string;
  /** The connection is closed after this many seconds without an operation; by default 30. */
  readonly KVISTA_REDIS_IDLE_SECONDS?: string;
  /** The most operations that one object has under way; by default 1000. */
  readonly KVISTA_REDIS_QUEUE?: string;
};

export class GatewayConnection {
  readonly #env: RedisGatewayEnv;
  #opening: Promise<RedisConnection> | null = null;
  #idle: ReturnType<typeof setTimeout> | undefined;
  #underWay = 0;

  constructor(env: RedisGatewayEnv) {
    this.#env = env;
  }

  /**
   * Runs `work` with the store over the connection. Rejects at once with `RATE_LIMITED` if as many
   * operations as the queue takes are under way, and with `UNAVAILABLE` if the settings are wrong.
   */
  async use<T>(operation: string, work: (store: ByteStore) => Promise<T>): Promise<T> {
    const limit = this.#number("KVISTA_REDIS_QUEUE", 1000, operation);
    const idleSeconds = this.#number("KVISTA_REDIS_IDLE_SECONDS", 30, operation);
    if (this.#underWay >= limit) {
      throw new KvError({
        code: "RATE_LIMITED",
        message: `the gateway has ${limit} operations under way`,
        store: "redis",
        operation,
        key: null,
        retryable: true,
        hint: "try again, or spread the keys over more objects: KVISTA_REDIS_SHARDS",
      });
    }
    this.#underWay += 1;
    clearTimeout(this.#idle);
    try {
      const { store } = await this.#open(operation);
      return await work(store);
    } finally {
      this.#underWay -= 1;
      if (this.#underWay === 0) this.#closeAfter(idleSeconds);
    }
  }

  async #open(operation: string): Promise<RedisConnection> {
    try {
      this.#opening ??= connect(this.#env);
      return await this.#opening;
    } catch (cause) {
      this.#opening = null;
      if (!(cause instanceof KvError)) throw cause;
      throw misconfigured("redis", operation, cause.message, cause.hint);
    }
  }

  #closeAfter(seconds: number): void {
    this.#idle = setTimeout(() => {
      const opened = this.#opening;
      this.#opening = null;
      opened?.then(({ store }) => store.close()).catch(() => {});
    }, seconds * 1000);
  }

  #number(
    variable: "KVISTA_REDIS_QUEUE" | "KVISTA_REDIS_IDLE_SECONDS",
    usual: number,
    operation: string,
  ): number {
    const text = this.#env[variable];
    if (text === undefined) return usual;
    if (/^\d{1,6}(\.\d+)?$/.test(text) && Number(text) > 0) return Number(text);
    throw misconfigured(
      "redis",
      operation,
      `${variable} is no number`,
      `it is ${usual} by default`,
    );
  }
}

async function connect({ REDIS_URL }: RedisGatewayEnv): Promise<RedisConnection> {
  const setting = parseStoreUrl(REDIS_URL ?? "", "REDIS_URL");
  if (setting.kind === "memory" || setting.kind === "file") {
    throw settingError("REDIS_URL names a store that is not Redis", "it begins with redis");
  }
  return openIoredis(setting);
}
