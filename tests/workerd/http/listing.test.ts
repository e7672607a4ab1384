// Listings through HTTP: pages, and pages with values that end early.
import { describe, expect, test } from "vitest";
import { memoryKvStore } from "../../../bindings/stores/memory/memory-store.ts";
import { entryPage } from "../../../worker/list-routes.ts";
import { ask, freshPrefix, jsonOf, keyPath, storeWith } from "./session.ts";

const mebibyte = 1024 * 1024;

type Listed = {
  keys?: string[];
  entries?: { key: string; value: string; version: string; expiresAt: number | null }[];
  cursor: string | null;
};

async function list(store: string, query: { [name: string]: string }): Promise<Listed> {
  const answer = await ask("GET", `/v1/${store}/keys?${new URLSearchParams(query)}`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get("Content-Type")).toBe("application/json");
  return answer.json();
}

describe.each(["kv", "do", "memory"])("a listing of the store %s", (store) => {
  test("goes through all keys page by page, in order", async () => {
    const prefix = freshPrefix();
    const names = ["a", "b", "c", "d", "e"].map((name) => prefix + name);
    await Promise.all(names.map((name) => ask("PUT", keyPath(store, name), { body: name })));
    const found: string[] = [];
    let cursor: string | null = null;
    do {
      const from: { cursor?: string } = cursor === null ? {} : { cursor };
      const page = await list(store, { prefix, limit: "2", ...from });
      expect(page.keys?.length).toBeLessThanOrEqual(2);
      found.push(...(page.keys ?? []));
      cursor = page.cursor;
    } while (cursor !== null);
    expect(found).toEqual(names);
    expect((await list(store, { prefix: `${prefix}b` })).keys).toEqual([`${prefix}b`]);
    expect((await list(store, { prefix: `${prefix}*` })).keys).toEqual([]);
  });

  test("gives values with their versions and expiries on request", async () => {
    const prefix = freshPrefix();
    const plain = await ask("PUT", keyPath(store, `${prefix}a"\n€`), {
      body: 'a "quoted"\u0001 \\ €',
    });
    const expiring = await ask("PUT", `${keyPath(store, `${prefix}b`)}?ttl=600`, { body: "" });
    const page = await list(store, { prefix, values: "true" });
    expect(page).toEqual({
      entries: [
        {
          key: `${prefix}a"\n€`,
          value: 'a "quoted"\u0001 \\ €',
          version: plain.headers.get("ETag")?.slice(1, -1),
          expiresAt: null,
        },
        {
          key: `${prefix}b`,
          value: "",
          version: expiring.headers.get("ETag")?.slice(1, -1),
          expiresAt: Date.parse(expiring.headers.get("Kvista-Expires-At") ?? "") / 1000,
        },
      ],
      cursor: null,
    });
  });

  test("with values ends before 8 MiB, and goes on behind its last key", async () => {
    const prefix = freshPrefix();
    const names = ["a", "b", "c", "d", "e"].map((name) => prefix + name);
    const sizes = [3, 4, 2, 12, 1];
    for (const [i, name] of names.entries()) {
      const body = `${"x".repeat((sizes[i] ?? 0) * mebibyte - 4)}€`;
      expect((await ask("PUT", keyPath(store, name), { body })).status).toBe(204);
    }
    const pages: (readonly [string, number][])[] = [];
    let cursor: string | null = null;
    do {
      const from: { cursor?: string } = cursor === null ? {} : { cursor };
      const page = await list(store, { prefix, values: "true", ...from });
      pages.push((page.entries ?? []).map(({ key, value }) => [key, value.length]));
      cursor = page.cursor;
    } while (cursor !== null);
    const bytes = (i: number) => [names[i], (sizes[i] ?? 0) * mebibyte - 3];
    expect(pages).toEqual([[bytes(0), bytes(1)], [bytes(2)], [bytes(3)], [bytes(4)]]);
  });
});

test.each(["0", "1001", "-1", "1.5", "many", "", "1e2"])("a limit of %o is 400", async (limit) => {
  for (const values of ["true", "false"]) {
    const answer = await ask("GET", `/v1/do/keys?limit=${limit}&values=${values}`);
    expect(answer.status).toBe(400);
    expect(await jsonOf(answer)).toMatchObject({ code: "INVALID_ARGUMENT" });
  }
});

test.each([
  "cursor=nonsense",
  "cursor=",
  "values=yes",
  "prefix=%zz",
  "prefix=%FF",
  "lmit=5",
  "prefix=a&prefix=b",
])("the query %s is 400", async (query) => {
  const answer = await ask("GET", `/v1/do/keys?${query}`);
  expect(answer.status).toBe(400);
});

describe("a page with values", () => {
  test("has at most 200 keys, and by default 100", async () => {
    const prefix = freshPrefix();
    const names = Array.from({ length: 250 }, (_, i) => `${prefix}${String(i).padStart(3, "0")}`);
    await Promise.all(names.map((name) => ask("PUT", keyPath("memory", name), { body: name })));
    const first = await list("memory", { prefix, values: "true", limit: "1000" });
    expect(first.entries).toHaveLength(200);
    const cursor = first.cursor ?? "";
    const rest = await list("memory", { prefix, values: "true", limit: "1000", cursor });
    expect([...(first.entries ?? []), ...(rest.entries ?? [])].map(({ key }) => key)).toEqual(
      names,
    );
    expect(rest.cursor).toBe(null);
    expect((await list("memory", { prefix, values: "true" })).entries).toHaveLength(100);
    expect((await list("memory", { prefix })).keys).toHaveLength(100);
  });

  test("leaves out keys that vanish while it is made", async () => {
    const store = memoryKvStore();
    for (const key of ["a", "b", "c"]) await store.set(key, key);
    const vanishing = storeWith(store, {
      async entryBytes(key) {
        await store.delete("b");
        return store.entryBytes(key);
      },
    });
    const { entries, cursor } = await entryPage(vanishing, {
      prefix: "",
      limit: 10,
      cursor: undefined,
    });
    expect(entries.map(([key]) => key)).toEqual(["a", "c"]);
    expect(cursor).toBe(null);
  });

  test.each([
    ["a new key lies before its end", "aa", null],
    ["one of its keys is deleted", null, "a"],
    ["both happen", "bb", "a"],
  ])("skips no key and repeats none when it ends early while %s", async (_, added, deleted) => {
    const store = memoryKvStore();
    const large = "x".repeat(3 * mebibyte);
    const lasting = ["b", "c", "d", "e", "f"];
    for (const key of ["a", ...lasting]) await store.set(key, large);
    let changed = false;
    const changing = storeWith(store, {
      async page(options = {}) {
        // Between the first page of the listing and the shorter one that replaces it.
        if (!changed && options.cursor === undefined && (options.limit ?? 0) < 10) {
          changed = true;
          if (added !== null) await store.set(added, large);
          if (deleted !== null) await store.delete(deleted);
        }
        return store.page(options);
      },
    });
    const found: string[] = [];
    let cursor: string | null = null;
    do {
      const query = { prefix: "", limit: 10, cursor: cursor ?? undefined };
      const page = await entryPage(changing, query);
      const bytes = page.entries.reduce((sum, [, { value }]) => sum + value.length, 0);
      expect(bytes).toBeLessThanOrEqual(8 * mebibyte);
      found.push(...page.entries.map(([key]) => key));
      cursor = page.cursor;
    } while (cursor !== null);
    expect(changed).toBe(true);
    expect(found).toEqual([...new Set(found)].sort());
    for (const key of lasting) expect(found).toContain(key);
  });
});
