// The largest values, through HTTP and back, to the byte.
import { describe, expect, test } from "vitest";
import { ask, freshPrefix, jsonOf, keyPath } from "./session.ts";

const maxValueBytes = 25 * 1024 * 1024;

// One character beyond Latin-1 makes a string of these take two bytes a character.
function largest(): Uint8Array {
  const bytes = new Uint8Array(maxValueBytes).fill(0x61);
  bytes.set(new TextEncoder().encode("€"), maxValueBytes / 2);
  return bytes;
}

async function digestOf(bytes: Uint8Array | ArrayBuffer): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toString();
}

describe.each(["kv", "do"])("in the store %s", (store) => {
  test("a value of 25 MiB with a character beyond Latin-1 comes back to the byte", async () => {
    const path = keyPath(store, `${freshPrefix()}largest`);
    const body = largest();
    const digest = await digestOf(body);
    const put = await ask("PUT", path, { body });
    expect(put.status).toBe(204);
    const got = await ask("GET", path);
    expect(got.headers.get("Content-Length")).toBe(String(maxValueBytes));
    expect(got.headers.get("ETag")).toBe(put.headers.get("ETag"));
    expect(await digestOf(await got.arrayBuffer())).toBe(digest);
  });

  test("a value of 25 MiB may come in chunks without a length", async () => {
    const path = keyPath(store, `${freshPrefix()}chunked`);
    const bytes = largest();
    const digest = await digestOf(bytes);
    let at = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(bytes.slice(at, at + 999_983));
        at += 999_983;
        if (at >= bytes.length) controller.close();
      },
    });
    expect((await ask("PUT", path, { body })).status).toBe(204);
    expect(await digestOf(await (await ask("GET", path)).arrayBuffer())).toBe(digest);
  });

  test("a value of one byte more is 413", async () => {
    const path = keyPath(store, `${freshPrefix()}larger`);
    const put = await ask("PUT", path, { body: new Uint8Array(maxValueBytes + 1).fill(0x61) });
    expect(put.status).toBe(413);
    expect((await jsonOf(put)).detail).toContain(String(maxValueBytes));
    expect((await ask("GET", path)).status).toBe(404);
  });
});

test("writes of one key from separate requests all answer", async () => {
  const path = keyPath("kv", `${freshPrefix()}contended`);
  const puts = await Promise.all(
    Array.from({ length: 5 }, (_, i) => ask("PUT", path, { body: String(i) })),
  );
  expect(puts.map(({ status }) => status)).toEqual([204, 204, 204, 204, 204]);
  expect((await ask("GET", path)).status).toBe(200);
});
