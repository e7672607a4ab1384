// A thousand operations in flight in one instance, whose host answers in random order and fails at random.
import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { type HostRequest, verb } from "../../../bindings/boundary/host-request.ts";
import { KvError } from "../../../bindings/contract/errors.ts";
import type { CoreStore } from "../../../bindings/operation/core-store.ts";
import { patient } from "../../patience.ts";
import { expectNothingInFlight } from "../support/census.ts";
import { FakeKv, kvFailure, openKv } from "../support/kv-fake.ts";
import { printedRandom, type Random } from "../support/random.ts";

const operations = 1000;
// Each key fails at most so often for a while.
const mostFailuresOfAKey = 3;

type Expected = { readonly answer: unknown } | { readonly code: string; readonly cause: Error };

/** What a test started: its promise, and what it must come to. */
type Flight = {
  readonly does: string;
  readonly promise: Promise<unknown>;
  readonly expected: Expected;
};

class Chaos {
  readonly #kv: FakeKv;
  readonly #random: Random;
  readonly #waiting: (() => void)[] = [];
  readonly #failures = new Map<string, number>();
  /** Keys whose requests always fail, each with the error that it throws. */
  readonly doomed = new Map<string, Error>();
  injected = 0;
  mostWaiting = 0;

  constructor(kv: FakeKv, random: Random) {
    this.#kv = kv;
    this.#random = random;
    kv.gate = () =>
      new Promise((resolve) => {
        this.#waiting.push(resolve);
        this.mostWaiting = Math.max(this.mostWaiting, this.#waiting.length);
      });
    kv.fault = (request) => this.#faultFor(request);
  }

  #faultFor({ verb: asked, key }: HostRequest): unknown {
    const doom = this.doomed.get(key);
    if (doom !== undefined) return doom;
    const name = `${asked} ${key}`;
    const failures = this.#failures.get(name) ?? 0;
    if (failures === mostFailuresOfAKey || this.#random() > 0.25) return undefined;
    this.#failures.set(name, failures + 1);
    this.injected++;
    const status = [429, 500, 503][this.#random.below(3)] as number;
    return kvFailure(status, asked === verb.write ? "PUT" : "GET");
  }

  /** Answers whoever waits, in random order, until `ended`. */
  async answerUntil(ended: Promise<unknown>): Promise<void> {
    let isOver = false;
    void ended.then(() => {
      isOver = true;
    });
    while (!isOver) {
      await setImmediate();
      for (let some = this.#random.below(50); some > 0 && this.#waiting.length > 0; some--) {
        const [next] = this.#waiting.splice(this.#random.below(this.#waiting.length), 1);
        next?.();
      }
    }
    expect(this.#kv.asked).toBeGreaterThan(operations);
  }
}

function launch(store: CoreStore, kv: FakeKv, chaos: Chaos, i: number): Flight {
  const key = `op-${i}`;
  const of = (does: string, promise: Promise<unknown>, answer: unknown): Flight => ({
    does: `${does} ${key}`,
    promise,
    expected: { answer },
  });
  if (i % 10 === 9) {
    const cause = kvFailure(403);
    chaos.doomed.set(key, cause);
    const promise = i % 20 === 9 ? store.get(key) : store.set(key, "refused");
    return { does: `doomed ${key}`, promise, expected: { code: "UNAVAILABLE", cause } };
  }
  kv.put(key, `old ${i}`);
  const listed = Array.from({ length: 3 }, (_, n) => `list-${i}-${n}`);
  switch (i % 10) {
    case 0:
      return of("get", store.get(key), `old ${i}`);
    case 1:
      return of("get of nothing", store.get(`${key}-absent`), null);
    case 2:
      return of(
        "entry",
        store.entry(key).then((entry) => entry?.value),
        `old ${i}`,
      );
    case 3:
      return of(
        "set",
        store.set(key, `new ${i}`).then(() => "set"),
        "set",
      );
    case 4:
      return of("delete", store.delete(key), undefined);
    case 5:
      for (const one of listed) kv.put(one, "");
      return of("list", store.list(`list-${i}-`), listed);
    case 6:
      for (const one of listed) kv.put(one, "");
      return of("page", store.page({ prefix: `list-${i}-`, limit: 3 }), {
        keys: listed,
        cursor: null,
      });
    case 7:
      return of("getMany", store.getMany([key, "none", key]), [`old ${i}`, null, `old ${i}`]);
    default: {
      const entries = listed.map((one) => ({ key: one, value: one }));
      const all = store.setMany(entries).then((outcomes) => outcomes.map(({ ok }) => ok));
      return of("setMany", all, [true, true, true]);
    }
  }
}

test("1,000 operations answered in random order, with failures, all come out right", async () => {
  const random = printedRandom("interleaving");
  const kv = new FakeKv();
  const { core, store } = openKv(kv);
  const { instance } = core;
  const chaos = new Chaos(kv, random);
  const flights = Array.from({ length: operations }, (_, i) =>
    launch(patient(store), kv, chaos, i),
  );
  expect(instance.exports.kv_operations()).toBe(operations);
  expect(instance.exports.kv_frames()).toBeGreaterThanOrEqual(operations);

  const ended = Promise.allSettled(flights.map(({ promise }) => promise));
  await chaos.answerUntil(ended);
  const outcomes = await ended;
  console.log(
    `${kv.asked} requests, ${chaos.injected} failures, ${chaos.mostWaiting} waited at once`,
  );
  expect(chaos.mostWaiting).toBeGreaterThanOrEqual(operations);
  expect(chaos.injected).toBeGreaterThan(100);

  flights.forEach(({ does, expected }, i) => {
    const outcome = outcomes[i] as PromiseSettledResult<unknown>;
    if ("answer" in expected) {
      expect(outcome, does).toEqual({ status: "fulfilled", value: expected.answer });
      return;
    }
    const reason = outcome.status === "rejected" ? outcome.reason : undefined;
    expect(reason, does).toBeInstanceOf(KvError);
    expect(reason.code, does).toBe(expected.code);
    expect(reason.cause, does).toBe(expected.cause);
  });
  for (let i = 3; i < operations; i += 10) expect(kv.text(`op-${i}`)).toBe(`new ${i}`);
  for (let i = 4; i < operations; i += 10) expect(kv.text(`op-${i}`)).toBeUndefined();
  for (let i = 8; i < operations; i += 10) expect(kv.text(`list-${i}-2`)).toBe(`list-${i}-2`);
  expectNothingInFlight(core);
  expect(core.instance).toBe(instance);
});
