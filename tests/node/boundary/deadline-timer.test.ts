// The timers of deadlines, which are handed from an operation to the next.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startTimer, stopTimer } from "../../../bindings/deadline-timer.ts";
import { failureOf } from "../support/failing.ts";
import { FakeKv, openKv } from "../support/kv-fake.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
});
afterEach(async () => {
  for (let i = 0; i < 20; i++) await undefined;
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

test("an operation that starts in the turn in which another ended uses its timer", async () => {
  const { store } = openKv(new FakeKv());
  const set = vi.spyOn(globalThis, "setTimeout");
  for (let i = 0; i < 10; i++) await store.get("k");
  expect(set).toHaveBeenCalledTimes(1);
});

test("a timer that nobody takes over is cleared", async () => {
  const { store } = openKv(new FakeKv());
  await store.get("k");
  for (let i = 0; i < 20; i++) await undefined;
  expect(vi.getTimerCount()).toBe(0);
});

test("an operation with a timer of another is cut off at its own deadline", async () => {
  const kv = new FakeKv();
  const { store } = openKv(kv);
  await store.get("k", { deadlineMs: 1000 });
  kv.gate = () => new Promise(() => {});
  const failed = failureOf(store.get("k", { deadlineMs: 5000 }));
  await vi.advanceTimersByTimeAsync(4999);
  expect(vi.getTimerCount()).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(await failed).toMatchObject({ code: "TIMEOUT" });
});

test("an operation whose deadline is earlier has a timer of its own", async () => {
  const kv = new FakeKv();
  const { store } = openKv(kv);
  await store.get("k", { deadlineMs: 5000 });
  kv.gate = () => new Promise(() => {});
  const failed = failureOf(store.get("k", { deadlineMs: 1000 }));
  await vi.advanceTimersByTimeAsync(1000);
  expect(await failed).toMatchObject({ code: "TIMEOUT" });
});

test("a timer that has fired is not handed on", async () => {
  const calls: string[] = [];
  const first = startTimer(Date.now() + 10, () => calls.push("first"));
  await vi.advanceTimersByTimeAsync(10);
  stopTimer(first);
  const second = startTimer(Date.now() + 10, () => calls.push("second"));
  await vi.advanceTimersByTimeAsync(10);
  expect(calls).toEqual(["first", "second"]);
  stopTimer(second);
});

test("two operations at a time have two timers", async () => {
  const kv = new FakeKv();
  const { store } = openKv(kv);
  await store.get("k");
  kv.gate = () => new Promise(() => {});
  const failed = [{ deadlineMs: 20_000 }, { deadlineMs: 30_000 }].map((call) =>
    failureOf(store.get("k", call)),
  );
  expect(vi.getTimerCount()).toBe(2);
  await vi.advanceTimersByTimeAsync(30_000);
  expect((await Promise.all(failed)).map(({ code }) => code)).toEqual(["TIMEOUT", "TIMEOUT"]);
});
