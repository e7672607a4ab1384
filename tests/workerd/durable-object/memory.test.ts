// Ten of the largest values at once in one isolate: some are refused, none traps, and what comes after
// works.
import { describe, expect, test } from "vitest";
import { objectCore } from "../../../bindings/boundary/object-core.ts";
import { sharedCore } from "../../../bindings/boundary/shared-core.ts";
import type { ByteStore } from "../../../bindings/contract/bytes.ts";
import { cloudflareKvStore } from "../../../bindings/stores/cloudflare-kv/cloudflare-kv-store.ts";
import { memoryKvStore } from "../../../bindings/stores/memory/memory-store.ts";
import { patient } from "../../patience.ts";
import { bindings, codeOf, freshPrefix } from "../support/bindings.ts";
import { openObjects } from "../support/objects.ts";

const largest = `${"v".repeat(25 * 2 ** 20 - 3)}€`;
const refusals = ["RATE_LIMITED", "TOO_LARGE", "OUT_OF_MEMORY"];
const ten = Array.from({ length: 10 }, (_, i) => String(i));

const stores: [string, () => ByteStore][] = [
  ["Workers KV", () => patient(cloudflareKvStore({ kv: bindings.UPLOADISTA_KV }))],
  ["Durable Objects", () => openObjects()],
  ["memory", () => memoryKvStore()],
];

describe.each(stores)("ten values of 25 MiB at once over %s", (_, open) => {
  test("are each written, or refused and not there", async () => {
    const prefix = freshPrefix();
    const { instance } = sharedCore;
    const inObjects = objectCore.instance;
    const store = open();
    const outcomes = await Promise.all(
      ten.map((name) => codeOf(store.set(prefix + name, largest))),
    );
    expect(outcomes).toContain("ok");
    for (const outcome of outcomes) expect(["ok", ...refusals]).toContain(outcome);
    for (const [i, name] of ten.entries()) {
      const value = await store.get(prefix + name);
      expect(outcomes[i] === "ok" ? value === largest : value === null).toBe(true);
    }
    await store.set(`${prefix}next`, "value");
    expect(await store.get(`${prefix}next`)).toBe("value");
    expect(sharedCore.instance).toBe(instance);
    expect(objectCore.instance).toBe(inObjects);
    expect(instance.exports.kv_bytes_in_flight()).toBeLessThan(2 ** 16);
  });

  test("are each read, or refused", async () => {
    const key = freshPrefix();
    const { instance } = sharedCore;
    const inObjects = objectCore.instance;
    const store = open();
    await store.set(key, largest);
    const reads = ten.map(() =>
      store.get(key).then((value) => expect(value === largest).toBe(true)),
    );
    const outcomes = await Promise.all(reads.map(codeOf));
    expect(outcomes).toContain("ok");
    for (const outcome of outcomes) expect(["ok", ...refusals]).toContain(outcome);
    const batch = await codeOf(store.getMany(ten.map(() => key)));
    expect(["ok", ...refusals]).toContain(batch);
    expect((await store.get(key)) === largest).toBe(true);
    expect(sharedCore.instance).toBe(instance);
    expect(objectCore.instance).toBe(inObjects);
  });

  test("as one batch are each written, or refused and not there", async () => {
    const prefix = freshPrefix();
    const { instance } = sharedCore;
    const inObjects = objectCore.instance;
    const store = open();
    const entries = ten.map((name) => ({ key: prefix + name, value: largest }));
    const codes = await store.setMany(entries).then(
      (outcomes) => outcomes.map((outcome) => (outcome.ok ? "ok" : outcome.error.code)),
      (error) => ten.map(() => error.code as string),
    );
    for (const [i, code] of codes.entries()) {
      expect(["ok", ...refusals]).toContain(code);
      expect((await store.get(prefix + ten[i])) === (code === "ok" ? largest : null)).toBe(true);
    }
    await store.set(`${prefix}next`, "value");
    expect(await store.get(`${prefix}next`)).toBe("value");
    expect(sharedCore.instance).toBe(instance);
    expect(objectCore.instance).toBe(inObjects);
  });
});
