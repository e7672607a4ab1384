// Every operation ends: at its deadline, when its caller aborts it, or, if its caller is gone, by the time that a later
// operation brings.
import { expect, onTestFinished, test, vi } from "vitest";
import { Core } from "../../../bindings/boundary/instance.ts";
import { expectNothingInFlight } from "../support/census.ts";
import { failureOf } from "../support/failing.ts";
import { FakeKv, kvFailure, openKv, openKvConfig } from "../support/kv-fake.ts";
import { resume, startGet } from "../support/raw.ts";

/** A host that answers late or never. */
function silent() {
  const kv = new FakeKv();
  const { promise, resolve: answer } = Promise.withResolvers<void>();
  kv.gate = () => promise;
  return { kv, answer, ...openKv(kv) };
}

function openKvThatFails() {
  const cause = kvFailure(503);
  const kv = Object.assign(new FakeKv(), { fault: () => cause, cause });
  return { kv, ...openKv(kv) };
}

const soon = { deadlineMs: 30 };

test("a read whose host never answers fails with TIMEOUT", async () => {
  const { core, store } = silent();
  const reads = [store.get("k", soon), store.entry("k", soon), store.list("", soon)];
  for (const failure of await Promise.all(reads.map(failureOf))) {
    expect(failure).toMatchObject({ code: "TIMEOUT", retryable: true });
    expect(failure.hint).toContain("deadlineMs");
  }
  expectNothingInFlight(core);
});

test("a call that gives no deadline has ten seconds", async () => {
  vi.useFakeTimers();
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const { store } = silent();
  let hasEnded = false;
  const failure = failureOf(store.get("k")).finally(() => {
    hasEnded = true;
  });
  await vi.advanceTimersByTimeAsync(9_999);
  expect(hasEnded).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect((await failure).code).toBe("TIMEOUT");
});

test("a write whose host never answers fails with OUTCOME_UNKNOWN", async () => {
  const { core, store } = silent();
  const writes = [store.set("k", "v", soon), store.delete("other", soon)];
  for (const failure of await Promise.all(writes.map(failureOf))) {
    expect(failure).toMatchObject({ code: "OUTCOME_UNKNOWN", retryable: false });
    expect(failure.hint).toContain("read the key");
  }
  expectNothingInFlight(core);
});

test("an answer after the deadline is ignored", async () => {
  const { kv, answer, core, store } = silent();
  expect((await failureOf(store.get("k", soon))).code).toBe("TIMEOUT");
  expect((await failureOf(store.set("k", "v", soon))).code).toBe("OUTCOME_UNKNOWN");
  expectNothingInFlight(core);
  answer();
  await new Promise((resolve) => setTimeout(resolve, 5));
  expectNothingInFlight(core);
  // It was carried out all the same: this is why nobody was told that it was not.
  expect(kv.text("k")).toBe("v");
  expect(await store.get("k")).toBe("v");
});

test("a host that fails after the deadline leaves no unhandled rejection", async () => {
  const { kv, core, store } = silent();
  kv.gate = () => new Promise((_, reject) => setTimeout(reject, 40, new Error("too late")));
  expect((await failureOf(store.get("k", soon))).code).toBe("TIMEOUT");
  await new Promise((resolve) => setTimeout(resolve, 30));
  expectNothingInFlight(core);
});

test("a retry that would end past the deadline is not made, and the failure is told", async () => {
  const { kv, store } = openKvThatFails();
  // The least delay is a millisecond.
  const read = await failureOf(store.get("k", { deadlineMs: 1 }));
  expect(read).toMatchObject({ code: "UNAVAILABLE", cause: kv.cause });
  expect(kv.asked).toBe(1);
  const write = await failureOf(store.set("k", "v", { deadlineMs: 1 }));
  expect(write).toMatchObject({ code: "OUTCOME_UNKNOWN", cause: kv.cause });
  expect(kv.asked).toBe(2);
});

test("a call whose signal is aborted already asks its host for nothing", async () => {
  const { kv, core, store } = silent();
  const reason = new Error("the visitor left");
  const signal = AbortSignal.abort(reason);
  const calls = [store.get("k", { signal }), store.set("k", "v", { signal })];
  for (const failure of await Promise.all(calls.map(failureOf))) {
    expect(failure.code).toBe("TIMEOUT");
    expect(failure.cause).toBe(reason);
  }
  expect(kv.asked).toBe(0);
  expectNothingInFlight(core);
});

test("a signal that aborts amid a call gives it up at once", async () => {
  const { core, store } = silent();
  const controller = new AbortController();
  const { signal } = controller;
  const read = failureOf(store.get("k", { signal }));
  const write = failureOf(store.set("k", "v", { signal }));
  const reason = new Error("the visitor left");
  controller.abort(reason);
  expect(await read).toMatchObject({ code: "TIMEOUT", cause: reason });
  expect(await write).toMatchObject({ code: "OUTCOME_UNKNOWN", cause: reason });
  expectNothingInFlight(core);
});

test("a call leaves no listener on a signal that outlives it", async () => {
  const { store } = openKv(new FakeKv());
  const { signal } = new AbortController();
  let listeners = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners++;
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners--;
    remove(...args);
  };
  for (let i = 0; i < 10; i++) await store.get("k", { signal });
  expect(listeners).toBe(0);
});

test("a write that waits for its turn and never reached the host ends with TIMEOUT", async () => {
  const { kv, core, store } = silent();
  const first = failureOf(store.set("k", "first", { deadlineMs: 120 }));
  const second = failureOf(store.set("k", "second", soon));
  expect((await second).code).toBe("TIMEOUT");
  expect((await first).code).toBe("OUTCOME_UNKNOWN");
  expect(kv.asked).toBe(1);
  expectNothingInFlight(core);
});

test("10,000 operations whose callers are gone are reaped by a later operation", () => {
  const core = new Core();
  const { instance } = core;
  const store = openKvConfig(core);
  const handle = store.handle(instance);
  const nowMs = 1_000_000;
  const deadlineMs = nowMs + 50;
  let last = { slot: 0, sequence: 0 };
  for (let i = 0; i < 10_000; i++) {
    last = startGet(instance, handle, `abandoned-${i}`, nowMs, deadlineMs);
  }
  expect(instance.exports.kv_operations()).toBe(10_000);
  expect(instance.exports.kv_frames()).toBeGreaterThanOrEqual(10_000);

  // Past their deadlines, but their drive loops may still be about to give them up.
  startGet(instance, handle, "soon after", deadlineMs + 10, deadlineMs + 20);
  expect(instance.exports.kv_operations()).toBe(10_001);

  const alive = startGet(instance, handle, "later", deadlineMs + 2500, deadlineMs + 5000);
  expect(instance.exports.kv_operations()).toBe(1);
  expect(resume(instance, last, [{}])).toBe(2);
  expect(resume(instance, alive, [{}])).toBe(0);
  expectNothingInFlight(core);
});
