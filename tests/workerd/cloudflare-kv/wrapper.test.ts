// The simulation of what Miniflare's KV lacks, tested as what it is: the tests of the store lean on it.
import { describe, expect, test } from "vitest";
import { bindings, freshPrefix, rejectionOf } from "../support/bindings.ts";
import { KvPlatform } from "../support/kv-wrapper.ts";

const text = (value: string) => new TextEncoder().encode(value);

async function read(kv: KVNamespace, key: string): Promise<string | null> {
  const { value } = await kv.getWithMetadata(key, { type: "arrayBuffer" });
  return value === null ? null : new TextDecoder().decode(value);
}

function platform(options: ConstructorParameters<typeof KvPlatform>[1] = {}): KvPlatform {
  return new KvPlatform(bindings.UPLOADISTA_KV, options);
}

describe("a location", () => {
  test("goes on seeing a value that it has cached until the time is over", async () => {
    const sim = platform({ staleMs: 30_000 });
    const [near, far] = [sim.at("near"), sim.at("far")];
    const key = freshPrefix();
    await near.put(key, text("old"));
    expect(await read(far, key)).toBe("old");
    sim.advance(1000);
    await near.put(key, text("new"));
    sim.advance(28_000);
    expect(await read(far, key)).toBe("old");
    expect(await read(near, key)).toBe("new");
    sim.advance(1001);
    expect(await read(far, key)).toBe("new");
  });

  test("goes on seeing an absence that it has cached", async () => {
    const sim = platform({ staleMs: 30_000 });
    const [near, far] = [sim.at("near"), sim.at("far")];
    const key = freshPrefix();
    expect(await read(far, key)).toBeNull();
    await near.put(key, text("value"));
    expect(await read(far, key)).toBeNull();
    sim.advance(30_001);
    expect(await read(far, key)).toBe("value");
  });

  test("caches what a bulk read saw, absences included", async () => {
    const sim = platform();
    const [near, far] = [sim.at("near"), sim.at("far")];
    const prefix = freshPrefix();
    await near.put(`${prefix}a`, text("old"));
    const keys = [`${prefix}a`, `${prefix}b`];
    await far.getWithMetadata(keys, "text");
    sim.advance(1000);
    await near.put(`${prefix}a`, text("new"));
    await near.put(`${prefix}b`, text("new"));
    const found = (await far.getWithMetadata(keys, "text")) as Map<
      string,
      { value: string } | null
    >;
    expect(found.get(`${prefix}a`)?.value).toBe("old");
    expect(found.get(`${prefix}b`)).toBeNull();
  });
});

test("a second write of a key within a second is refused, of another key it is not", async () => {
  const sim = platform();
  const kv = sim.at();
  const prefix = freshPrefix();
  await kv.put(`${prefix}a`, text("1"));
  await kv.put(`${prefix}b`, text("1"));
  const message = "KV PUT failed: 429 Too Many Requests";
  expect(await rejectionOf(kv.put(`${prefix}a`, text("2")))).toMatchObject({ message });
  expect(await rejectionOf(kv.delete(`${prefix}a`))).toMatchObject({
    message: "KV DELETE failed: 429 Too Many Requests",
  });
  sim.advance(1000);
  await kv.put(`${prefix}a`, text("3"));
  expect(await bindings.UPLOADISTA_KV.get(`${prefix}a`)).toBe("3");
});

test("the call beyond those of an invocation is refused, and the next invocation begins anew", async () => {
  const kv = platform({ callsPerInvocation: 2 }).at();
  const key = freshPrefix();
  await read(kv, key);
  await read(kv, key);
  const message = "Too many API requests by single worker invocation.";
  expect(await rejectionOf(read(kv, key))).toMatchObject({ message });
  kv.invoke();
  expect(await read(kv, key)).toBeNull();
});

test("empty pages precede each page of a list, and the list is complete at its end", async () => {
  const sim = platform();
  const kv = sim.at();
  const prefix = freshPrefix();
  for (const name of ["a", "b", "c"]) await kv.put(`${prefix}${name}`, text("v"));
  sim.emptyPages = 2;
  const sizes: number[] = [];
  let cursor: string | undefined;
  do {
    const page = await kv.list({ prefix, limit: 2, ...(cursor !== undefined && { cursor }) });
    sizes.push(page.keys.length);
    cursor = page.list_complete ? undefined : page.cursor;
  } while (cursor !== undefined);
  expect(sizes).toEqual([0, 0, 2, 0, 0, 1]);
});

describe("a fault", () => {
  test("refuses as many calls as it is told to, and those are not carried out", async () => {
    const sim = platform();
    const kv = sim.at();
    const key = freshPrefix();
    sim.fail({ operation: "put", error: 503, times: 2 });
    const message = "KV PUT failed: 503 Service Unavailable";
    expect(await rejectionOf(kv.put(key, text("1")))).toMatchObject({ message });
    expect(await rejectionOf(kv.put(key, text("2")))).toMatchObject({ message });
    expect(await bindings.UPLOADISTA_KV.get(key)).toBeNull();
    await kv.put(key, text("3"));
    expect(await bindings.UPLOADISTA_KV.get(key)).toBe("3");
  });

  test("that loses the reply carries the call out", async () => {
    const sim = platform();
    const key = freshPrefix();
    const error = "Network connection lost.";
    sim.fail({ operation: "put", kind: "lostReply", error });
    expect(await rejectionOf(sim.at().put(key, text("v")))).toMatchObject({ message: error });
    expect(await bindings.UPLOADISTA_KV.get(key)).toBe("v");
  });

  test("of an unanswered call neither resolves nor rejects", async () => {
    const sim = platform();
    sim.fail({ operation: "get", kind: "unanswered" });
    const pending = read(sim.at(), freshPrefix());
    const first = await Promise.race([
      pending,
      new Promise((end) => setTimeout(end, 20, "silent")),
    ]);
    expect(first).toBe("silent");
  });
});

test("the platform's own refusals pass through: a key, a value, a time to live beyond its limits", async () => {
  const kv = platform().at();
  expect(await rejectionOf(kv.put("k".repeat(513), text("v")))).toMatchObject({
    message: expect.stringContaining("KV PUT failed: 414"),
  });
  expect(await rejectionOf(kv.put("k", text("v"), { expirationTtl: 59 }))).toMatchObject({
    message: expect.stringContaining("KV PUT failed: 400"),
  });
  const keys = Array.from({ length: 101 }, (_, i) => `k${i}`);
  expect(await rejectionOf(kv.getWithMetadata(keys, "text"))).toMatchObject({
    message: expect.stringContaining("maximum of 100 keys"),
  });
});
