// One key through HTTP, over each store that the Worker serves.
import { describe, expect, test } from "vitest";
import { ask, freshPrefix, jsonOf, keyPath } from "./session.ts";

const mergePatch = { "Content-Type": "application/merge-patch+json" };
const stores = ["kv", "do", "memory"];
const conditionalStores = ["do", "memory"];

describe.each(stores)("a key in the store %s", (store) => {
  test("is written, read and deleted", async () => {
    const path = keyPath(store, `${freshPrefix()}one`);
    const put = await ask("PUT", path, { body: '{"offset":0} €' });
    expect(put.status).toBe(204);
    expect(await put.text()).toBe("");
    const tag = put.headers.get("ETag");
    expect(tag).toMatch(/^"[0-9a-f]{32}"$/);

    const got = await ask("GET", path);
    expect(got.status).toBe(200);
    expect(await got.text()).toBe('{"offset":0} €');
    expect(got.headers.get("ETag")).toBe(tag);
    expect(got.headers.get("Content-Type")).toBe("text/plain; charset=utf-8");
    expect(got.headers.get("X-Content-Type-Options")).toBe("nosniff");
    expect(got.headers.get("Cache-Control")).toBe("no-store, no-transform");
    expect(got.headers.get("Content-Length")).toBe("16");
    expect(got.headers.has("Kvista-Expires-At")).toBe(false);

    expect((await ask("DELETE", path)).status).toBe(204);
    expect((await ask("DELETE", path)).status).toBe(204);
    const gone = await ask("GET", path);
    expect(gone.status).toBe(404);
    expect(gone.headers.get("Content-Type")).toBe("application/problem+json");
    expect(await jsonOf(gone)).toMatchObject({ status: 404, code: "NOT_FOUND" });
  });

  test("may hold the empty value, and a byte order mark", async () => {
    const path = keyPath(store, `${freshPrefix()}empty`);
    expect((await ask("PUT", path)).status).toBe(204);
    expect(await (await ask("GET", path)).text()).toBe("");
    const marked = keyPath(store, `${freshPrefix()}marked`);
    expect((await ask("PUT", marked, { body: "\ufeffmarked" })).status).toBe(204);
    const bytes = new Uint8Array(await (await ask("GET", marked)).arrayBuffer());
    expect(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)).toBe(
      "\ufeffmarked",
    );
  });

  test("answers HEAD with the headers of GET and without a body", async () => {
    const path = keyPath(store, `${freshPrefix()}head`);
    await ask("PUT", `${path}?ttl=3600`, { body: "value" });
    const [head, get] = [await ask("HEAD", path), await ask("GET", path)];
    expect(head.status).toBe(200);
    expect(await head.text()).toBe("");
    const kept = (response: Response) =>
      Object.fromEntries([...response.headers].filter(([name]) => name !== "kvista-request-id"));
    expect(kept(head)).toEqual(kept(get));
    expect(head.headers.get("Content-Length")).toBe("5");
    expect((await ask("HEAD", keyPath(store, `${freshPrefix()}absent`))).status).toBe(404);
  });

  test("expires at the moment that its headers tell", async () => {
    const path = keyPath(store, `${freshPrefix()}expiring`);
    const expiresAt = Math.floor(Date.now() / 1000) + 7200;
    const put = await ask("PUT", `${path}?expiresAt=${expiresAt}`, { body: "x" });
    const moment = put.headers.get("Kvista-Expires-At") ?? "";
    expect(moment).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(Date.parse(moment) / 1000).toBe(expiresAt);
    expect((await ask("GET", path)).headers.get("Kvista-Expires-At")).toBe(moment);

    const began = Date.now() / 1000;
    const ttl = await ask("PUT", `${path}?ttl=90`, { body: "y" });
    const seconds = Date.parse(ttl.headers.get("Kvista-Expires-At") ?? "") / 1000;
    expect(seconds).toBeGreaterThanOrEqual(began + 90 - 1);
    expect(seconds).toBeLessThanOrEqual(Date.now() / 1000 + 90 + 1);
  });

  test("is absent once its expiry has passed", async () => {
    const path = keyPath(store, `${freshPrefix()}past`);
    await ask("PUT", path, { body: "x" });
    expect((await ask("PUT", `${path}?expiresAt=1`, { body: "y" })).status).toBe(204);
    expect((await ask("GET", path)).status).toBe(404);
  });

  test("is not sent again to who has its version, weakened or not", async () => {
    const path = keyPath(store, `${freshPrefix()}known`);
    const tag = (await ask("PUT", path, { body: "x" })).headers.get("ETag") ?? "";
    for (const header of [tag, `W/${tag}`, `"other", W/${tag}`, "*"]) {
      const got = await ask("GET", path, { headers: { "If-None-Match": header } });
      expect(got.status).toBe(304);
      expect(got.headers.get("ETag")).toBe(tag);
      expect(await got.text()).toBe("");
      const head = await ask("HEAD", path, { headers: { "If-None-Match": header } });
      expect(head.status).toBe(304);
    }
    const other = await ask("GET", path, { headers: { "If-None-Match": '"other"' } });
    expect(other.status).toBe(200);
    const failed = await ask("GET", path, { headers: { "If-Match": '"other"' } });
    expect(failed.status).toBe(412);
    expect((await ask("GET", path, { headers: { "If-Match": tag } })).status).toBe(200);
  });

  test("may hold any character of a key, percent-encoded", async () => {
    const prefix = freshPrefix();
    for (const end of [
      "a/../b",
      "a//b/",
      "./..",
      "?#&=+ %",
      "%2F%zz",
      "é€😀",
      "a\nb\t\r",
      '"\\|^`',
    ]) {
      const path = keyPath(store, prefix + end);
      expect((await ask("PUT", path, { body: end })).status).toBe(204);
      expect(await (await ask("GET", path)).text()).toBe(end);
    }
    const listed = await jsonOf(await ask("GET", `/v1/${store}/keys?prefix=${prefix}`));
    expect(listed.keys).toHaveLength(8);
    expect(listed.keys).toContain(`${prefix}a/../b`);
  });

  test("may be sent with its slashes as they are", async () => {
    const prefix = freshPrefix();
    await ask("PUT", keyPath(store, `${prefix}a/b//c/`), { body: "x" });
    expect((await ask("GET", `/v1/${store}/keys/${prefix}a/b//c/`)).status).toBe(200);
  });
});

describe.each(conditionalStores)("a conditional write in the store %s", (store) => {
  test("happens only if the key has the version", async () => {
    const path = keyPath(store, `${freshPrefix()}cas`);
    const create = { "If-None-Match": "*" };
    const first = await ask("PUT", path, { body: "1", headers: create });
    expect(first.status).toBe(204);
    const again = await ask("PUT", path, { body: "2", headers: create });
    expect(again.status).toBe(412);
    expect(await jsonOf(again)).toMatchObject({ code: "VERSION_MISMATCH" });

    const tag = first.headers.get("ETag") ?? "";
    const second = await ask("PUT", path, { body: "2", headers: { "If-Match": tag } });
    expect(second.status).toBe(204);
    const stale = await ask("PUT", path, { body: "3", headers: { "If-Match": tag } });
    expect(stale.status).toBe(412);
    const foreign = await ask("PUT", path, { body: "3", headers: { "If-Match": '"other"' } });
    expect(foreign.status).toBe(412);
    expect(await (await ask("GET", path)).text()).toBe("2");

    const current = second.headers.get("ETag") ?? "";
    const list = { "If-Match": `"other", ${tag} , W/${current}` };
    expect((await ask("PUT", path, { body: "3", headers: list })).status).toBe(204);
  });

  test("deletes only the version that it names", async () => {
    const path = keyPath(store, `${freshPrefix()}delete`);
    const tag = (await ask("PUT", path, { body: "1" })).headers.get("ETag") ?? "";
    await ask("PUT", path, { body: "2" });
    expect((await ask("DELETE", path, { headers: { "If-Match": tag } })).status).toBe(412);
    const now = (await ask("GET", path)).headers.get("ETag") ?? "";
    const weak = { "If-Match": `W/${now}` };
    expect((await ask("DELETE", path, { headers: weak })).status).toBe(204);
    expect((await ask("GET", path)).status).toBe(404);
    expect((await ask("DELETE", path, { headers: weak })).status).toBe(412);
  });

  test("patches the stored JSON, and answers the new value", async () => {
    const path = keyPath(store, `${freshPrefix()}patch`);
    const absent = await ask("PATCH", path, { body: "{}", headers: mergePatch });
    expect(absent.status).toBe(404);
    expect(await jsonOf(absent)).toMatchObject({ code: "NOT_FOUND" });

    const put = await ask("PUT", `${path}?ttl=600`, { body: '{"a":1,"b":2}' });
    const patched = await ask("PATCH", path, { body: '{"b":null,"c":3}', headers: mergePatch });
    expect(patched.status).toBe(200);
    expect(JSON.parse(await patched.text())).toMatchObject({ a: 1, c: 3 });
    expect(patched.headers.get("Content-Type")).toBe("text/plain; charset=utf-8");
    const expiry = put.headers.get("Kvista-Expires-At");
    expect(patched.headers.get("Kvista-Expires-At")).toBe(expiry);
    expect(patched.headers.get("ETag")).toBe((await ask("GET", path)).headers.get("ETag"));

    const stale = { ...mergePatch, "If-Match": put.headers.get("ETag") ?? "" };
    expect((await ask("PATCH", path, { body: '{"d":1}', headers: stale })).status).toBe(412);
    const weak = { ...mergePatch, "If-Match": `W/${patched.headers.get("ETag")}` };
    expect((await ask("PATCH", path, { body: '{"d":1}', headers: weak })).status).toBe(200);
    const broken = await ask("PATCH", path, { body: "{", headers: mergePatch });
    expect(broken.status).toBe(400);
  });
});

test("Workers KV refuses conditional writes and patches, and writes nothing", async () => {
  const path = keyPath("kv", `${freshPrefix()}unsupported`);
  const tag = (await ask("PUT", path, { body: "1" })).headers.get("ETag") ?? "";
  const attempts = [
    await ask("PUT", path, { body: "2", headers: { "If-Match": tag } }),
    await ask("PUT", path, { body: "2", headers: { "If-Match": '"other"' } }),
    await ask("PUT", path, { body: "2", headers: { "If-None-Match": "*" } }),
    await ask("DELETE", path, { headers: { "If-Match": tag } }),
    await ask("PATCH", path, { body: "{}", headers: mergePatch }),
  ];
  for (const refused of attempts) {
    expect(refused.status).toBe(501);
    expect(await jsonOf(refused)).toMatchObject({ code: "UNSUPPORTED" });
  }
  expect(await (await ask("GET", path)).text()).toBe("1");
});
