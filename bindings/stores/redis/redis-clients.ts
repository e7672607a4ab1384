// What the package's types say of a client of Redis: the parts that are used, the same in both of its
// versions. No client's own types are imported, because a program may have another one or none.

/** What `createClient`, `createClientPool`, `createSentinel` and `createCluster` give. */
export type RedisClient = { sendCommand(...args: never[]): Promise<unknown> };

/** The methods that are used; their arguments are those of `@redis/client`. */
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
  on(event: string, listen: (...told: any[]) => void): unknown;
};

export type IoRedisStream = { cork(): void; uncork(): void };

/** The parts of a client that are used, the same in both versions. */
export type IoRedisClient = IoRedisEmitter & {
  /** Its socket. A cluster has none of its own. */
  readonly stream?: IoRedisStream | undefined;
  readonly status: string;
  readonly options: {
    readonly keyPrefix?: string | undefined;
    readonly autoResendUnfulfilledCommands?: boolean | undefined;
    /** Of a cluster: which nodes it reads from. */
    readonly scaleReads?: unknown;
    /** Behind sentinels: which server it talks to. */
    readonly role?: string | undefined;
  };
  connect(): Promise<unknown>;
  /** Its `buffer` sends that command and gives texts as bytes. */
  createBuiltinCommand(name: string): { buffer: IoRedisSend };
};
export type IoRedisSend = (this: unknown, ...words: (string | Uint8Array)[]) => Promise<unknown>;
export type IoRedisNode = IoRedisClient & {
  readonly options: { readonly host?: string | undefined; readonly port?: number | undefined };
};
export type IoRedisCluster = IoRedisClient & { nodes(role: "master" | "all"): IoRedisNode[] };
