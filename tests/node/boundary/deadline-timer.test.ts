// The timers of deadlines, which operations of one turn share and hand on.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startTimer, stopTimer } from "../../../bindings/operation/deadline-timer.ts";
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
  const waiting = (name: string) => ({
    deadlineMs: Date.now() + 10,
    onDeadline: () => calls.push(name),
  });
  const [one, other] = [waiting("one"), waiting("other")];
  const first = startTimer(one);
  await vi.advanceTimersByTimeAsync(10);
  stopTimer(first, one);
  const later = { ...other, deadlineMs: Date.now() + 10 };
  const second = startTimer(later);
  await vi.advanceTimersByTimeAsync(10);
  expect(calls).toEqual(["one", "other"]);
  stopTimer(second, later);
});

test("operations that start in one turn share a timer, and each is cut off at its own deadline", async () => {
  const kv = new FakeKv();
  kv.gate = () => new Promise(() => {});
  const { store } = openKv(kv);
  const ended: number[] = [];
  const startMs = Date.now();
  const failed = [20_000, 20_000, 30_000, 40_000].map(async (deadlineMs) => {
    const error = await failureOf(store.get("k", { deadlineMs }));
    ended.push(Date.now() - startMs);
    return error;
  });
  expect(vi.getTimerCount()).toBe(1);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(ended).toEqual([20_000, 20_000]);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(ended).toEqual([20_000, 20_000, 30_000, 40_000]);
  const errors = await Promise.all(failed);
  expect(errors.map(({ code }) => code)).toEqual(errors.map(() => "TIMEOUT"));
});

test("so do those that follow each other, and in another turn there is another timer", async () => {
  const kv = new FakeKv();
  const { promise, resolve } = Promise.withResolvers<void>();
  kv.gate = () => promise;
  const { store } = openKv(kv);
  const first = store.get("k", { deadlineMs: 20_000 });
  await undefined;
  const second = store.get("k", { deadlineMs: 20_000 });
  expect(vi.getTimerCount()).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  const third = store.get("k", { deadlineMs: 20_000 });
  expect(vi.getTimerCount()).toBe(2);
  resolve();
  await Promise.all([first, second, third]);
});

test("a shared timer runs on while one waits for it, and an earlier deadline has its own", async () => {
  const kv = new FakeKv();
  const { store } = openKv(kv);
  const gates = [Promise.resolve(), new Promise<never>(() => {}), new Promise<never>(() => {})];
  kv.gate = () => gates.shift() as Promise<void>;
  const quick = store.get("k", { deadlineMs: 5000 });
  const slow = failureOf(store.get("k", { deadlineMs: 5000 }));
  const hasty = failureOf(store.get("k", { deadlineMs: 1000 }));
  expect(vi.getTimerCount()).toBe(2);
  await quick;
  await vi.advanceTimersByTimeAsync(1000);
  expect(await hasty).toMatchObject({ code: "TIMEOUT" });
  expect(vi.getTimerCount()).toBe(1);
  await vi.advanceTimersByTimeAsync(4000);
  expect(await slow).toMatchObject({ code: "TIMEOUT" });
});
