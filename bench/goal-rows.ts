// What kvista must reach, row by row. docs/speed.md shows these rows beside what a run has measured.

type Row = { readonly what: string; readonly against: string; readonly least: string };

export const goalRows = {
  memory: {
    what: "memory `get`, `set`, 300-byte values, promise API",
    against: "Uploadista, unstorage and keyv; a plain `Map`",
    least: "faster than each library; at most 1 µs more than `await` of the `Map`",
  },
  memoryList: {
    what: "memory prefix list, 10 hits of 1,000,000 keys",
    against: "a scan of a `Map`",
    least: "at least 1,000 times faster",
  },
  redis: {
    what: "Redis `get`, `set`, 1 and 100 at the same time",
    against: "the Redis client alone",
    least: "at most 1.1 times the other's time",
  },
  redisList: {
    what: "Redis list of 20,000 of 200,000 keys",
    against: "Uploadista, unstorage",
    least: "at least 5 times faster",
  },
  kvList: {
    what: "Workers KV list of 10,000 keys",
    against: "",
    least: "at most 10 calls of the binding",
  },
  durableObject: {
    what: "Durable Object `get`, `set`, and `{ storage }`",
    against: "a class that only calls `storage.get` and `storage.put`",
    least: "at most 1.15 times the other's time; the first `set` of a key at most 2.3",
  },
  filesystem: {
    what: "filesystem `get`, `set`",
    against: "Uploadista and unstorage, which are neither atomic nor locked",
    least:
      "`get` at most 1.3 times the other's time, `set` at most 2; the event loop is not blocked",
  },
  core: {
    what: "size of the core as gzip, and its start in workerd",
    against: "",
    least: "at most 80 kB; at most 5 ms",
  },
} as const satisfies { readonly [name: string]: Row };

/** The name of a row. */
export type GoalRow = keyof typeof goalRows;
