// Who resumes an operation must name it, and bring what it waits for: everything else is ignored and changes nothing.
import { expect, test } from "vitest";
import { resultKind } from "../../../bindings/boundary/call-result.ts";
import { Core } from "../../../bindings/boundary/instance.ts";
import { expectNothingInFlight } from "../support/census.ts";
import { openKvConfig } from "../support/kv-fake.ts";
import { printedRandom } from "../support/random.ts";
import { done, found, giveUp, resume, resumeWithBytes, startGet } from "../support/raw.ts";

function open() {
  const core = new Core();
  const { instance } = core;
  // The store is kept, so that it is not closed for being collected.
  const store = openKvConfig(core);
  return { core, instance, store, handle: store.handle(instance) };
}

test("a resume brings the reply to the operation that it names", () => {
  const { core, instance, handle } = open();
  const operation = startGet(instance, handle, "key");
  expect(instance.lastResult.requests()).toMatchObject([{ verb: 2, key: "key" }]);
  expect(resume(instance, operation, [found("value")])).toBe(resultKind.answered);
  expect(instance.lastResult.value).toBe("value");
  expectNothingInFlight(core);
});

test("a second resume of the same step is ignored", () => {
  const { core, instance, handle } = open();
  const operation = startGet(instance, handle, "key");
  expect(resume(instance, operation, [found("value")])).toBe(resultKind.answered);
  expect(resume(instance, operation, [found("another")])).toBe(resultKind.ignored);
  expect(giveUp(instance, operation)).toBe(resultKind.ignored);
  expectNothingInFlight(core);
});

test("a step that is done and has nothing to tell is done once, whatever else is in flight", () => {
  const { core, instance, handle } = open();
  const operation = startGet(instance, handle, "key");
  const other = startGet(instance, handle, "other");
  expect(done(instance, operation)).toBe(resultKind.answered);
  expect(instance.lastResult.isPresent).toBe(false);
  expect(done(instance, operation)).toBe(resultKind.ignored);
  expect(resume(instance, operation, [found("late")])).toBe(resultKind.ignored);
  expect(giveUp(instance, operation)).toBe(resultKind.ignored);
  expect(resume(instance, other, [found("of the other")])).toBe(resultKind.answered);
  expect(done(instance, other)).toBe(resultKind.ignored);
  const last = startGet(instance, handle, "last");
  expect(giveUp(instance, last)).toBe(resultKind.answered);
  expect(done(instance, last)).toBe(resultKind.ignored);
  expectNothingInFlight(core);
});

test("a resume of a step that has gone by is ignored, and the operation goes on", () => {
  const { core, instance, handle } = open();
  const reading = startGet(instance, handle, "key");
  const thrown = new Error("KV GET failed: 503 Service Unavailable");
  expect(resume(instance, reading, [{ thrown }])).toBe(resultKind.suspended);
  const { slot, sequence } = instance.lastResult;
  expect(instance.lastResult.requests()).toMatchObject([{ verb: 1 }]);
  expect(slot).toBe(reading.slot);
  expect(resume(instance, reading, [found("late")])).toBe(resultKind.ignored);
  expect(resume(instance, { slot, sequence }, [{}])).toBe(resultKind.suspended);
  const again = { slot: instance.lastResult.slot, sequence: instance.lastResult.sequence };
  expect(resume(instance, again, [found("value")])).toBe(resultKind.answered);
  expect(instance.lastResult.value).toBe("value");
  expectNothingInFlight(core);
});

test("a resume after the operation was given up is ignored", () => {
  const { core, instance, handle } = open();
  const operation = startGet(instance, handle, "key");
  expect(giveUp(instance, operation)).toBe(resultKind.answered);
  expect(instance.lastResult.failure.code).toBe("TIMEOUT");
  expect(resume(instance, operation, [found("late")])).toBe(resultKind.ignored);
  expectNothingInFlight(core);
});

test("a late resume does not reach the operation that has the slot now", () => {
  const { core, instance, handle } = open();
  const first = startGet(instance, handle, "first");
  giveUp(instance, first);
  const second = startGet(instance, handle, "second");
  expect(second.slot).toBe(first.slot);
  expect(resume(instance, first, [found("of the first")])).toBe(resultKind.ignored);
  expect(giveUp(instance, first)).toBe(resultKind.ignored);
  expect(instance.exports.kv_operations()).toBe(1);
  expect(resume(instance, second, [found("of the second")])).toBe(resultKind.answered);
  expect(instance.lastResult.value).toBe("of the second");
  expectNothingInFlight(core);
});

test("10,000 forged resumes are ignored, and the operation goes on", () => {
  const { core, instance, handle } = open();
  const random = printedRandom("forged");
  const operation = startGet(instance, handle, "key");
  const edges = [0, 1, 2, 3, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff];
  const number = () => {
    const kindOfNumber = random.below(3);
    if (kindOfNumber === 0) return edges[random.below(edges.length)] as number;
    return kindOfNumber === 1 ? random.below(20) : random.below(2 ** 32);
  };
  for (let i = 0; i < 10_000; i++) {
    const forged = { slot: number(), sequence: number() };
    if (forged.slot === operation.slot && forged.sequence === operation.sequence) continue;
    const does = [
      () => resume(instance, forged, [found("x")]),
      () => done(instance, forged),
      () => giveUp(instance, forged),
    ][random.below(3)];
    expect(does?.(), JSON.stringify(forged)).toBe(resultKind.ignored);
  }
  expect(instance.exports.kv_operations()).toBe(1);
  expect(resume(instance, operation, [found("value")])).toBe(resultKind.answered);
  expect(instance.lastResult.value).toBe("value");
  expectNothingInFlight(core);
});

test("replies that are no replies are ignored, and the operation goes on", () => {
  const { core, instance, handle } = open();
  const operation = startGet(instance, handle, "key");
  const reply = (value: number, meta: number, extra: number, rest: number) => {
    const view = new DataView(new ArrayBuffer(24 + rest));
    view.setUint32(0, 2, true);
    [value, meta, extra].forEach((length, i) => {
      view.setUint32(12 + 4 * i, length, true);
    });
    return new Uint8Array(view.buffer);
  };
  const malformed: Record<string, Uint8Array> = {
    "no bytes": new Uint8Array(0),
    "half a header": reply(0, 0, 0, 0).subarray(0, 12),
    "a byte too few": reply(5, 0, 0, 4),
    "a byte too many": reply(5, 0, 0, 6),
    "two replies": new Uint8Array(48),
    "a value longer than memory": reply(0xffff_ffff, 0, 0, 8),
    "lengths whose sum wraps around": reply(0xffff_ffff, 9, 0, 8),
    "an extra that is not there": reply(0, 0, 1, 0),
  };
  for (const [what, bytes] of Object.entries(malformed)) {
    expect(resumeWithBytes(instance, operation, bytes), what).toBe(resultKind.ignored);
  }
  expect(resume(instance, operation, [found("one"), found("two")])).toBe(resultKind.ignored);
  expect(resume(instance, operation, [])).toBe(resultKind.ignored);
  expect(instance.exports.kv_operations()).toBe(1);
  expect(resume(instance, operation, [found("value")])).toBe(resultKind.answered);
  expect(instance.lastResult.value).toBe("value");
  expectNothingInFlight(core);
});

test("random bytes are no replies, and random bytes are no request", () => {
  const { core, instance, handle } = open();
  const random = printedRandom("random bytes");
  let operation = startGet(instance, handle, "key");
  for (let i = 0; i < 20_000; i++) {
    const bytes = Uint8Array.from({ length: random.below(120) }, () =>
      random() < 0.7 ? 0 : random.below(256),
    );
    // A few of them happen to be replies: then there is a next step, or a next operation.
    const led = resumeWithBytes(instance, operation, bytes);
    if (led === resultKind.suspended) {
      operation = { slot: instance.lastResult.slot, sequence: instance.lastResult.sequence };
    } else if (led === resultKind.answered) {
      operation = startGet(instance, handle, "key");
    }
    instance.bytes.set(bytes, instance.scratch);
    expect(instance.start(instance.scratch, bytes.length).isFailed).toBe(true);
    // One may bring a time far ahead, by which the operation is overdue.
    if (instance.exports.kv_operations() === 0) operation = startGet(instance, handle, "key");
  }
  expect(giveUp(instance, operation)).toBe(resultKind.answered);
  expectNothingInFlight(core);
});
