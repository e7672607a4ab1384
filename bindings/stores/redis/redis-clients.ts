// The clients of Redis: the parts of them that the stores use, and how to tell one from another. The types
// name what both supported versions have. No client's own types are imported, because a program may have
// another client or none.
import { KvError } from "../../contract/errors.ts";
import { hasMethods } from "../../contract/methods.ts";

/** The result of `createClient`, `createClientPool`, `createSentinel` or `createCluster`. */
export type RedisClient = { sendCommand(...args: never[]): Promise<unknown> };

/** An object with four methods, which take the arguments that those of `@redis/client` take. */
export type RedisLike = {
  get(key: string): Promise<string | null>;
  set(key: string, value: string): Promise<unknown>;
  del(key: string): Promise<unknown>;
  scan(
    cursor: string,
    options: { MATCH: string; COUNT: number },
  ): Promise<{ cursor: unknown; keys: readonly unknown[] }>;
};

export type IoRedisEmitter = {
  // biome-ignore lint/suspicious/noExplicitAny: each event has arguments of its own
  on(event: string, listen: (...args: any[]) => void): unknown;
};

export type IoRedisStream = { cork(): void; uncork(): void };

/** The parts of a client of ioredis that the store uses. */
export type IoRedisClient = IoRedisEmitter & {
  /** Its socket; a cluster has none of its own. */
  readonly stream?: IoRedisStream | undefined;
  readonly status: string;
  readonly options: {
    readonly keyPrefix?: string | undefined;
    readonly autoResendUnfulfilledCommands?: boolean | undefined;
    /** For a cluster: from which nodes it reads. */
    readonly scaleReads?: unknown;
    /** With sentinels: to which server it connects. */
    readonly role?: string | undefined;
  };
  connect(): Promise<unknown>;
  /** Its `buffer` sends that command and returns texts as bytes. */
  createBuiltinCommand(name: string): { buffer: IoRedisSend };
};
export type IoRedisSend = (this: unknown, ...words: (string | Uint8Array)[]) => Promise<unknown>;
export type IoRedisNode = IoRedisClient & {
  readonly options: { readonly host?: string | undefined; readonly port?: number | undefined };
};
export type IoRedisCluster = IoRedisClient & { nodes(role: "master" | "all"): IoRedisNode[] };

/** Whether it is a client of ioredis. */
export function isIoRedis(redis: unknown): boolean {
  return hasMethods(redis, "createBuiltinCommand", "connect", "on");
}

/** The `INVALID_ARGUMENT` for a client that a store cannot use. */
export function wrongClient(store: "redis" | "ioredis", message: string, hint: string): KvError {
  return new KvError({
    code: "INVALID_ARGUMENT",
    message,
    hint,
    retryable: false,
    store,
    operation: "open",
    key: null,
  });
}
