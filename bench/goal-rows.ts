// What kvista must reach, row by row. README shows these rows beside what a run has measured.

type Row = { readonly what: string; readonly against: string; readonly least: string };

export const goalRows = {
  memory: {
    what: "memory `get`, `set`, 300-byte values, promise API",
    against: "Uploadista, unstorage, keyv; a plain `Map`",
    least: "faster than each; 1 µs at most above `await` of the `Map`",
  },
  memoryList: {
    what: "memory prefix list, 10 hits of 1,000,000 keys",
    against: "a scan of a `Map`",
    least: "1,000 times faster",
  },
  redis: {
    what: "Redis `get`, `set`, 1 and 100 in flight",
    against: "the bare client",
    least: "at most 1.1 of its time",
  },
  redisList: {
    what: "Redis list of 20,000 of 200,000 keys",
    against: "Uploadista, unstorage",
    least: "5 times faster",
  },
  kvList: {
    what: "Workers KV list of 10,000 keys",
    against: "the number of calls",
    least: "10 calls",
  },
  durableObject: {
    what: "Durable Object `get`, `set`, and `{ storage }`",
    against: "a bare class with `storage.get`, `storage.put`",
    least: "at most 1.15 of its time; the first set of a key 2.3",
  },
  filesystem: {
    what: "filesystem `get`, `set`",
    against: "Uploadista, unstorage, neither atomic nor locked",
    least: "at most 1.3 and 2 of theirs, without blocking the event loop",
  },
  core: {
    what: "core size as gzip, and its start in workerd",
    against: "",
    least: "at most 80 kB; at most 5 ms",
  },
} as const satisfies { readonly [name: string]: Row };

/** The name of a row. */
export type GoalRow = keyof typeof goalRows;
