// A host that carries out at once what it is asked, and has nothing to tell of it.
import { expect, test } from "vitest";
import { type HostRequest, verb } from "../../../bindings/boundary/host-request.ts";
import type { Host } from "../../../bindings/operation/host.ts";
import { expectNothingInFlight, heapTop } from "../support/census.ts";
import { failureOf } from "../support/failing.ts";
import { openKv } from "../support/kv-fake.ts";

class Cells implements Host {
  readonly cells = new Map<string, Uint8Array<ArrayBuffer>>();
  /** What the next request throws. */
  fault: Error | null = null;

  perform([request]: readonly HostRequest[]) {
    const { verb: asked, key, value } = request as HostRequest;
    const { fault } = this;
    this.fault = null;
    if (fault !== null) throw fault;
    if (asked === verb.read) {
      const cell = this.cells.get(key);
      return [cell === undefined ? {} : { present: true, value: cell }];
    }
    if (asked === verb.write) this.cells.set(key, value);
    if (asked === verb.remove) this.cells.delete(key);
    return null;
  }
}

function open() {
  const host = new Cells();
  return { host, ...openKv(host) };
}

test("what is carried out at once is answered, and leaves nothing behind", async () => {
  const { core, store } = open();
  let half = 0;
  for (let i = 0; i < 20_000; i++) {
    const value = "v".repeat(i % 500);
    expect(await store.set("key", value)).toMatchObject({ expiresAt: null });
    expect(await store.get("key")).toBe(value);
    await store.delete("key");
    if (i === 10_000) half = heapTop(core);
  }
  expect(heapTop(core)).toBe(half);
  expectNothingInFlight(core);
});

test("a write that fails at once after others were carried out is told as what it is", async () => {
  const { core, host, store } = open();
  await store.set("key", "before");
  host.fault = new Error("KV PUT failed: 401 Unauthorized");
  const failure = await failureOf(store.set("key", "after"));
  expect(failure).toMatchObject({ code: "UNAVAILABLE", operation: "set", key: "key" });
  expect(await store.get("key")).toBe("before");
  await store.set("key", "next");
  expect(await store.get("key")).toBe("next");
  expectNothingInFlight(core);
});
