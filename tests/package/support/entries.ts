// The entries of the package: the peers that each needs, and where it runs. An entry that is missing
// here fails contents.test.ts.

export type Entry = {
  /** Installed beside the package; without them the entry is of no use. */
  readonly peers: readonly string[];
  readonly runsIn: readonly ("node" | "worker")[];
  /** What it gives at least, beside `KvError`. */
  readonly gives: readonly string[];
  /** What it gives keeps its own data and calls no core. */
  readonly hasNoCore?: true;
};

const everywhere = ["node", "worker"] as const;

export const entries: { readonly [name: string]: Entry } = {
  kvista: {
    peers: [],
    runsIn: everywhere,
    gives: [
      "createKvStore",
      "memoryKvStore",
      "redisKvStore",
      "ioredisKvStore",
      "cloudflareKvStore",
    ],
  },
  "kvista/memory": { peers: [], runsIn: everywhere, gives: ["memoryKvStore"] },
  "kvista/redis": { peers: ["@redis/client"], runsIn: everywhere, gives: ["redisKvStore"] },
  "kvista/ioredis": { peers: ["ioredis"], runsIn: everywhere, gives: ["ioredisKvStore"] },
  "kvista/cloudflare-kv": { peers: [], runsIn: everywhere, gives: ["cloudflareKvStore"] },
  "kvista/cloudflare-do": { peers: [], runsIn: everywhere, gives: ["durableObjectKvStore"] },
  "kvista/filesystem": { peers: [], runsIn: ["node"], gives: ["fileKvStore"] },
  "kvista/uploadista": {
    peers: ["effect"],
    runsIn: everywhere,
    gives: ["makeMemoryBaseKvStore", "makeRedisBaseKvStore", "cloudflareDoUploadStore"],
  },
  "kvista/worker": {
    peers: [],
    runsIn: ["worker"],
    gives: ["default", "KvObject", "KvCatalog", "KvService"],
  },
  "kvista/worker/redis": {
    peers: ["ioredis"],
    runsIn: ["worker"],
    gives: ["RedisGateway", "redisGatewayKvStore"],
  },
  "kvista/worker/uploadista": {
    peers: [],
    runsIn: ["worker"],
    gives: ["UploadFileObject", "FlowJobObject"],
    hasNoCore: true,
  },
};
