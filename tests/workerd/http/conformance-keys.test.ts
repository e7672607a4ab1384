// Every key of the suite makes the round trip through HTTP, through the Worker's own entry.
import { describe, expect, test } from "vitest";
import { namedKeys } from "../../conformance/suite.ts";
import { textOf } from "../../conformance/values.ts";
import { ask, keyPath, tokens } from "./session.ts";

// Of vitest.config.ts.
const token = tokens.writerB;
const known = { namespaceBytes: "tenant-b/".length, kept: new Map(), eachKey: null };

const hard: readonly (readonly [name: string, key: string])[] = [
  ["a segment of one dot", "a/./b"],
  ["a segment of two dots", "a/../b"],
  ["a segment of two dots at its end", "a/b/.."],
  ["a segment of one dot at its end", "a/b/."],
  ["two dots behind a slash", "/.."],
  ["an encoded segment of two dots", "a/%2e%2E/b"],
  ["an encoded slash", "%2F"],
  ["two slashes", "a//b"],
  ["slashes alone", "//"],
  ["a trailing slash", "a/"],
  ["a query", "a?ttl=60"],
  ["a fragment", "a#b"],
  ["a percent sign at its end", "a%"],
  ["an encoded NUL", "%00"],
  ["a space at its end", "a "],
  ["the path of another route", "../keys/a"],
];

const everyKey = [
  ...namedKeys.map(({ name, key }) => [name, textOf(key, known)] as const),
  ...hard,
];

// One write a second of one key: in Workers KV the deletion waits.
describe.each(["kv", "do", "memory"])("through HTTP, the store %s", (store) => {
  test.concurrent.each(everyKey)("keeps the key of %s", async (name, key) => {
    const path = keyPath(store, key);
    const body = `${name} €`;
    const put = await ask("PUT", path, { token, body });
    expect(put.status).toBe(204);
    const tag = put.headers.get("ETag");

    const got = await ask("GET", path, { token });
    expect([got.status, got.headers.get("ETag")]).toEqual([200, tag]);
    expect(await got.text()).toBe(body);

    const head = await ask("HEAD", path, { token });
    expect([head.status, head.headers.get("ETag")]).toEqual([200, tag]);
    expect(await head.text()).toBe("");

    const prefix = encodeURIComponent(key);
    const listing = await ask("GET", `/v1/${store}/keys?prefix=${prefix}`, { token });
    expect((await listing.json<{ keys: string[] }>()).keys).toContain(key);
    const entries = await ask("GET", `/v1/${store}/keys?prefix=${prefix}&values=true`, { token });
    expect((await entries.json<{ entries: unknown[] }>()).entries).toContainEqual({
      key,
      value: body,
      version: tag?.slice(1, -1),
      expiresAt: null,
    });

    expect((await ask("DELETE", path, { token })).status).toBe(204);
    expect((await ask("GET", path, { token })).status).toBe(404);
  });
});

describe.each(["kv", "do"])("through HTTP, the store %s", (store) => {
  test.each(["plain/a/b//c/", "plain//", "plain/:,;=+@!*'()[]"])(
    "takes what a path may hold unencoded: %s",
    async (key) => {
      const put = await ask("PUT", `/v1/${store}/keys/${key}`, { token, body: key });
      expect(put.status).toBe(204);
      const got = await ask("GET", keyPath(store, key), { token });
      expect(await got.text()).toBe(key);
    },
  );
});
