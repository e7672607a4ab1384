// No allocation ever has to fail: what does not fit is refused before it is copied in.
import { expect, test } from "vitest";
import { Core } from "../../../bindings/boundary/instance.ts";
import { expectNothingInFlight } from "../support/census.ts";
import { codeOf, failureOf } from "../support/failing.ts";
import { FakeKv, openKv, openMemory } from "../support/kv-fake.ts";

const mebibyte = 1024 * 1024;
const maxValueBytes = 25 * mebibyte;
const refused = ["RATE_LIMITED", "TOO_LARGE"];

test("a value of 25 MiB comes back whole, and one byte more is refused with both numbers", async () => {
  const { core, store } = openMemory();
  const { instance } = core;
  // As a string of two bytes a character this would be twice as large.
  const largest = `${"a".repeat(maxValueBytes - 3)}€`;
  const { version } = await store.set("key", largest);
  expect(await store.get("key")).toBe(largest);
  expect((await store.entry("key"))?.version).toBe(version);
  const failure = await failureOf(store.set("key", `${largest}b`));
  expect(failure.code).toBe("TOO_LARGE");
  expect(failure.message).toContain(`${maxValueBytes + 1}`);
  expect(failure.message).toContain(`${maxValueBytes}`);
  expect(await codeOf(store.setBytes("key", new Uint8Array(maxValueBytes + 1)))).toBe("TOO_LARGE");
  expect(await store.get("key")).toBe(largest);
  expectNothingInFlight(core);
  expect(core.instance).toBe(instance);
});

test("a value over the limit is refused before its host hears of it", async () => {
  const kv = new FakeKv();
  const { core, store } = openKv(kv);
  expect(await codeOf(store.set("key", "a".repeat(maxValueBytes + 1)))).toBe("TOO_LARGE");
  expect(kv.asked).toBe(0);
  expectNothingInFlight(core);
});

test("ten values of 25 MiB written at once are written or refused, and none traps", async () => {
  const kv = new FakeKv();
  const { core, store } = openKv(kv, new Core(64 * mebibyte));
  const { instance } = core;
  const value = "a".repeat(maxValueBytes);
  const writes = Array.from({ length: 10 }, (_, i) => store.set(`key-${i}`, value));
  const outcomes = await Promise.allSettled(writes);
  const written = outcomes.filter(({ status }) => status === "fulfilled");
  expect(written).toHaveLength(2);
  expect(kv.cells.size).toBe(2);
  for (const outcome of outcomes) {
    if (outcome.status === "rejected") expect(refused).toContain(outcome.reason.code);
  }
  expect(instance.exports.memory.buffer.byteLength).toBeLessThan(96 * mebibyte);
  expectNothingInFlight(core);
  expect(core.instance).toBe(instance);
  expect((await store.set("key-9", value)).expiresAt).toBeNull();
});

test("ten values of 25 MiB read at once are read or refused, and none traps", async () => {
  const kv = new FakeKv();
  const value = "a".repeat(maxValueBytes);
  for (let i = 0; i < 10; i++) kv.put(`key-${i}`, value);
  const { core, store } = openKv(kv, new Core(48 * mebibyte));
  const { instance } = core;
  const reads = Array.from({ length: 10 }, (_, i) => store.get(`key-${i}`));
  for (const outcome of await Promise.allSettled(reads)) {
    if (outcome.status === "fulfilled") expect(outcome.value === value).toBe(true);
    else expect(refused).toContain(outcome.reason.code);
  }
  expectNothingInFlight(core);
  expect(core.instance).toBe(instance);
  expect((await store.get("key-0"))?.length).toBe(maxValueBytes);
});

test("a reply that fits at no time is TOO_LARGE, one that does not fit now RATE_LIMITED", async () => {
  const kv = new FakeKv();
  kv.put("large", "a".repeat(10 * mebibyte));
  const small = openKv(kv, new Core(8 * mebibyte));
  expect(await failureOf(small.store.get("large"))).toMatchObject({
    code: "TOO_LARGE",
    retryable: false,
  });
  expectNothingInFlight(small.core);

  const { core, store } = openKv(kv, new Core(16 * mebibyte));
  const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
  kv.gate = ([request]) => (request?.key === "held" ? held : Promise.resolve());
  const write = store.set("held", "b".repeat(9 * mebibyte));
  expect(await failureOf(store.get("large"))).toMatchObject({
    code: "RATE_LIMITED",
    retryable: true,
  });
  letGo();
  await write;
  expect((await store.get("large"))?.length).toBe(10 * mebibyte);
  expectNothingInFlight(core);
});

test("a batch that answers more than fits is refused, and none of it is left", async () => {
  const { core, store } = openMemory({}, new Core(8 * mebibyte));
  const { instance } = core;
  await store.set("large", "a".repeat(3 * mebibyte));
  expect(await codeOf(store.getMany(["large", "large", "large"]))).toBeOneOf(refused);
  expect(await store.getMany(["large"])).toHaveLength(1);
  expectNothingInFlight(core);
  expect(core.instance).toBe(instance);
});

test("a reply that does not fit amid a write leaves its fate unknown", async () => {
  const kv = new FakeKv();
  const { core, store } = openKv(kv, new Core(mebibyte));
  const huge = "x".repeat(2000);
  kv.fault = () => new Error(huge);
  // A failure is short whatever the host throws: a thousand of them are not.
  const entries = Array.from({ length: 1000 }, (_, i) => ({ key: `${i}`, value: "" }));
  expect(await codeOf(store.setMany(entries, { deadlineMs: 500 }))).toBe("OUTCOME_UNKNOWN");
  expectNothingInFlight(core);
});
