// Values, versions and lists on their way through the shim.
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import type { CoreStore } from "../../../bindings/operation/core-store.ts";
import { codeOf } from "../support/failing.ts";
import { FakeKv, openKv, openMemory } from "../support/kv-fake.ts";

const stores: Record<string, () => CoreStore> = {
  memory: () => openMemory().store,
  "Workers KV": () => openKv(new FakeKv()).store,
};

const versionOf = (value: string) => createHash("sha1").update(value).digest("hex").slice(0, 32);

const values: Record<string, string> = {
  empty: "",
  "a byte order mark first": "\ufeffvalue",
  "nothing but byte order marks": "\ufeff\ufeff",
  "NUL and other controls": "\0a\0\x01\x1b\x7f\0",
  "line ends": "\r\n\n\r\u2028\u2029",
  "two, three and four bytes": "é€𝄞\u{10ffff}",
  "as long as the scratch space": "€".repeat(64 * 1024),
  "just too long for a version later": "v".repeat(16 * 1024 + 1),
  "as long as a version later may be": "€".repeat(16 * 1024),
  "a megabyte and one character beyond Latin-1": `${"a".repeat(1024 * 1024)}€`,
};

for (const [name, open] of Object.entries(stores)) {
  for (const [what, value] of Object.entries(values)) {
    test(`${name}: a value comes back to the byte: ${what}`, async () => {
      const store = open();
      const written = await store.set("key", value);
      expect(written).toEqual({ version: versionOf(value), expiresAt: null });
      expect((await store.get("key")) === value).toBe(true);
      const entry = await store.entry("key");
      expect(entry?.value === value).toBe(true);
      expect(entry?.version).toBe(written.version);
      expect(Buffer.from((await store.getBytes("key")) ?? "").equals(Buffer.from(value))).toBe(
        true,
      );
      expect((await store.getMany(["key"]))[0] === value).toBe(true);
      const [outcome] = await store.setMany([{ key: "other", value }]);
      expect(outcome).toEqual({ ok: true, value: written });
      const bytes = await store.setBytes("key", new TextEncoder().encode(value));
      expect(bytes.version).toBe(written.version);
    });
  }

  test(`${name}: getMany answers in the order of its keys, duplicates and absences included`, async () => {
    const store = open();
    for (const key of ["a", "b", "c"]) await store.set(key, `value of ${key}`);
    expect(await store.getMany(["c", "none", "a", "c", "b", "a"])).toEqual([
      "value of c",
      null,
      "value of a",
      "value of c",
      "value of b",
      "value of a",
    ]);
    expect(await store.getMany([])).toEqual([]);
    expect(await store.setMany([])).toEqual([]);
    expect(await store.deleteMany([])).toEqual([]);
  });

  test(`${name}: keys goes page by page, and stops when its reader does`, async () => {
    const store = open();
    const all = Array.from({ length: 2500 }, (_, i) => `key-${String(i).padStart(4, "0")}`);
    for (let i = 0; i < all.length; i += 500) {
      await store.setMany(all.slice(i, i + 500).map((key) => ({ key, value: "" })));
    }
    expect(await Array.fromAsync(store.keys())).toEqual(all);
    expect(await Array.fromAsync(store.keys("key-0"))).toEqual(all.slice(0, 1000));
    expect(await Array.fromAsync(store.keys("none"))).toEqual([]);
    const seen: string[] = [];
    for await (const key of store.keys()) if (seen.push(key) === 3) break;
    expect(seen).toEqual(all.slice(0, 3));
    await expect(store.keys("\0")[Symbol.asyncIterator]().next()).rejects.toThrow("NUL");
  });
}

test("keys asks its host for no page that nobody reads", async () => {
  const kv = new FakeKv();
  for (let i = 0; i < 2500; i++) kv.put(`key-${i}`, "");
  const { store } = openKv(kv);
  for await (const key of store.keys()) if (key !== "") break;
  expect(kv.asked).toBe(1);
  const iterator = store.keys()[Symbol.asyncIterator]();
  expect(kv.asked).toBe(1);
  await iterator.next();
  expect(kv.asked).toBe(2);
});

test("a signal that aborts between two pages ends keys", async () => {
  const kv = new FakeKv();
  for (let i = 0; i < 1500; i++) kv.put(`key-${i}`, "");
  const { store } = openKv(kv);
  const controller = new AbortController();
  let seen = 0;
  const reading = (async () => {
    for await (const key of store.keys("key-", { signal: controller.signal })) {
      if (key !== "" && ++seen === 1000) controller.abort();
    }
  })();
  expect(await codeOf(reading)).toBe("TIMEOUT");
  expect(seen).toBe(1000);
});

test("a version is that of the value as it was written, whenever it is asked for", async () => {
  const { store } = openMemory();
  const first = await store.set("key", "first");
  await store.set("key", "second");
  await store.delete("key");
  expect(first.version).toBe(versionOf("first"));
  expect(first.version).toBe(versionOf("first"));
  expect({ ...first }).toEqual({ version: versionOf("first"), expiresAt: null });
  expect(JSON.parse(JSON.stringify(first))).toEqual({
    version: versionOf("first"),
    expiresAt: null,
  });
});

test("a write that was answered by a later write of the same key tells its own version", async () => {
  const { store } = openKv(new FakeKv());
  const [one, two] = await Promise.all([store.set("key", "one"), store.set("key", "two")]);
  expect([one.version, two.version]).toEqual([versionOf("one"), versionOf("two")]);
  expect(await store.get("key")).toBe("two");
});

test("bytes that are no UTF-8 are refused, and unpaired surrogates too", async () => {
  for (const open of Object.values(stores)) {
    const store = open();
    for (const bytes of [
      [0xff],
      [0xc3],
      [0xed, 0xa0, 0x80],
      [0xf4, 0x90, 0x80, 0x80],
      [0xc0, 0x80],
    ]) {
      expect(await codeOf(store.setBytes("key", new Uint8Array(bytes)))).toBe("INVALID_VALUE");
    }
    for (const text of ["\ud800", "a\udc00b", "\udc00\ud800", "a".repeat(100_000) + "\ud83d"]) {
      expect(await codeOf(store.set("key", text))).toBe("INVALID_VALUE");
      expect(await codeOf(store.set(text, "value"))).toBe("INVALID_KEY");
    }
    expect(await store.list()).toEqual([]);
  }
});
