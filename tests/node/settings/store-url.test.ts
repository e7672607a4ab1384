// The setting of a store as one text, taken apart.
import { describe, expect, test } from "vitest";
import { KvError } from "../../../bindings/contract/errors.ts";
import { parseStoreUrl, type StoreSetting } from "../../../bindings/settings/store-url.ts";

const server = { host: "db.example", port: 6379 };
const plain = {
  kind: "redis",
  tls: false,
  hosts: [server],
  database: 0,
  masterName: "",
  options: {},
};

const taken: readonly (readonly [text: string, setting: object])[] = [
  ["memory:", { kind: "memory", options: {} }],
  ["memory:?maxBytes=1000", { kind: "memory", options: { maxBytes: "1000" } }],
  [
    "memory:?eviction=lru&keyNamespace=a%26b:",
    { kind: "memory", options: { eviction: "lru", keyNamespace: "a&b:" } },
  ],
  ["file:./data", { kind: "file", directory: "./data", options: {} }],
  ["file:data", { kind: "file", directory: "data", options: {} }],
  [
    "file:/var/lib/data?durability=fsync",
    { kind: "file", directory: "/var/lib/data", options: { durability: "fsync" } },
  ],
  ["file:///var/lib/a%20b", { kind: "file", directory: "/var/lib/a b", options: {} }],
  ["redis://db.example", plain],
  ["redis://db.example/", plain],
  [
    "redis://db.example:7000/2",
    { ...plain, hosts: [{ host: "db.example", port: 7000 }], database: 2 },
  ],
  ["redis://[::1]:7000", { ...plain, hosts: [{ host: "::1", port: 7000 }] }],
  ["redis://[0:0:0:0:0:0:0:1]:7000", { ...plain, hosts: [{ host: "::1", port: 7000 }] }],
  ["memory:?keyNamespace=a+b%2B", { kind: "memory", options: { keyNamespace: "a+b+" } }],
  ["rediss://db.example", { ...plain, tls: true }],
  ["redis://:secret@db.example", { ...plain, password: "secret" }],
  ["redis://app@db.example", { ...plain, username: "app" }],
  [
    "redis://app:p%40s%2Fs%3Aw@db.example?keyNamespace=up:",
    { ...plain, username: "app", password: "p@s/s:w", options: { keyNamespace: "up:" } },
  ],
  ["redis://app:a@b@db.example", { ...plain, username: "app", password: "a@b" }],
  ["redis://:a#b@db.example", { ...plain, password: "a#b" }],
  [
    "redis-cluster://a,b:7001,c",
    {
      ...plain,
      kind: "redis-cluster",
      hosts: [
        { host: "a", port: 6379 },
        { host: "b", port: 7001 },
        { host: "c", port: 6379 },
      ],
    },
  ],
  [
    "rediss-cluster://u:p@a",
    {
      ...plain,
      kind: "redis-cluster",
      tls: true,
      username: "u",
      password: "p",
      hosts: [{ host: "a", port: 6379 }],
    },
  ],
  [
    "redis-sentinel://:p@a,b:5000/main/3?sentinelPassword=q",
    {
      ...plain,
      kind: "redis-sentinel",
      password: "p",
      hosts: [
        { host: "a", port: 26379 },
        { host: "b", port: 5000 },
      ],
      masterName: "main",
      database: 3,
      options: { sentinelPassword: "q" },
    },
  ],
];

test.each(taken)("%s is understood", (text, setting) => {
  expect(parseStoreUrl(text, "KVISTA_STORE")).toEqual(setting as StoreSetting);
});

const refused: readonly (readonly [text: string, hint: string])[] = [
  ["file:./data\n", "a line's end"],
  ["file:~/data", "only a shell knows ~"],
  ["redis://[::1]#x", "a Redis setting is one of"],
  ["", "memory:, file:./data"],
  ["hunter2", "memory:, file:./data"],
  ["hunter2:", "memory:, file:./data"],
  ["memorys:", "memory:, file:./data"],
  ["constructor:", "memory:, file:./data"],
  ["http://hunter2@db.example", "memory:, file:./data"],
  ["REDIS://hunter2@db.example", "memory:, file:./data"],
  ["memory:hunter2", "memory:?maxBytes=N"],
  ["memory:?hunter2=1", "keyNamespace, maxBytes, eviction"],
  ["memory:?maxBytes=1&maxBytes=2", "each once"],
  ["file:", "file:./data"],
  ["file://hunter2/data", "file:./data"],
  ["file:a%b", "%25"],
  ["redis:db.example", "redis://USER"],
  ["redis://", "redis://USER"],
  ["redis://:hunter2@", "redis://USER"],
  ["redis://:hunter2@a,b", "redis-cluster://"],
  ["redis://:hunter2@db.example:port", "percent-encode"],
  ["redis://:hunter2@db.example:70000", "percent-encode"],
  ["redis://:hun/ter2@db.example", "percent-encode"],
  ["redis://:hunter2@db.example/x", "percent-encode"],
  ["redis://:hunter2@db.example/0/1", "percent-encode"],
  ["redis://:hunter2%@db.example", "%25"],
  ["redis://:hunter2@db.example?password=x", "redis: takes keyNamespace"],
  ["redis-cluster://:hunter2@a,b/1", "redis-cluster://"],
  ["redis-cluster://:hunter2@a,,b", "redis-cluster://"],
  ["redis-sentinel://:hunter2@a,b", "/MASTER"],
];

describe("what is no setting is INVALID_ARGUMENT, with what can be set and without the text itself:", () => {
  test.each(refused)("%s", (text, hint) => {
    let failure: unknown;
    try {
      parseStoreUrl(text, "KVISTA_STORE");
    } catch (error) {
      failure = error;
    }
    expect(failure).toBeInstanceOf(KvError);
    const error = failure as KvError;
    expect(error.code).toBe("INVALID_ARGUMENT");
    expect(error.message).toContain("KVISTA_STORE");
    expect(error.hint).toContain(hint);
    expect(JSON.stringify(error) + error.stack).not.toMatch(/hunter2|hun\/ter2/);
  });
});
