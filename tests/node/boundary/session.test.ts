// What an operation keeps with its host, a lock for example, is given back however the operation ends.
import { expect, test } from "vitest";
import type { HostReply } from "../../../bindings/boundary/host-reply.ts";
import { Core } from "../../../bindings/boundary/instance.ts";
import { op } from "../../../bindings/boundary/op.ts";
import { writeRequest } from "../../../bindings/boundary/request.ts";
import { run } from "../../../bindings/operation/drive.ts";
import type { Host, HostSession } from "../../../bindings/operation/host.ts";
import { expectNothingInFlight } from "../support/census.ts";
import { openKvConfig } from "../support/kv-fake.ts";
import { found } from "../support/raw.ts";

type Ending = "answered" | "failed";

type Performs = (session: HostSession) => readonly HostReply[] | Promise<readonly HostReply[]>;

/** Drives a `get` over that host, to its answer or its failure, and counts how often the session was released. */
async function drive(
  perform: Performs,
  readsFailures: boolean,
): Promise<{ ending: Ending; released: number }> {
  const core = new Core(1024 * 1024);
  const store = openKvConfig(core);
  let released = 0;
  const host: Host = {
    perform(_, session: HostSession) {
      session.release ??= () => {
        released++;
      };
      return perform(session);
    },
  };
  const nowMs = Date.now();
  const deadlineMs = nowMs + 30;
  const drives = async () =>
    await run<Ending>(
      {
        core,
        host,
        isWrite: false,
        deadlineMs,
        read: () => "answered",
        ...(readsFailures && { readFailure: () => "failed" as const }),
      },
      (instance) => {
        const head = { op: op.get, store: store.handle(instance), nowMs, deadlineMs };
        return writeRequest(instance, head, new Uint8Array(0), { key: "key" });
      },
    );
  const ending = await drives().catch(() => "failed" as const);
  expectNothingInFlight(core);
  return { ending, released };
}

const tooLarge: HostReply = { present: true, value: new Uint8Array(2 * 1024 * 1024) };
const refusal: HostReply = { thrown: new Error("KV GET failed: 401 Unauthorized") };

for (const readsFailures of [false, true]) {
  const who = readsFailures ? "a caller that reads failures" : "a caller that catches failures";

  test(`the session of ${who} ends with an operation whose host answers at once`, async () => {
    expect(await drive(() => [found("value")], readsFailures)).toEqual({
      ending: "answered",
      released: 1,
    });
    for (const reply of [tooLarge, refusal]) {
      const { ending, released } = await drive(() => [reply], readsFailures);
      expect({ ending, released }).toEqual({ ending: "failed", released: 1 });
    }
  });

  test(`the session of ${who} ends with an operation whose host answers later`, async () => {
    expect(await drive(async () => [found("value")], readsFailures)).toEqual({
      ending: "answered",
      released: 1,
    });
    for (const reply of [tooLarge, refusal]) {
      const { ending, released } = await drive(async () => [reply], readsFailures);
      expect({ ending, released }).toEqual({ ending: "failed", released: 1 });
    }
  });

  test(`the session of ${who} ends at the deadline of a host that never answers`, async () => {
    expect(await drive(() => new Promise(() => {}), readsFailures)).toEqual({
      ending: "failed",
      released: 1,
    });
  });
}

test("what a host grants after the deadline is given back when it comes", async () => {
  const { promise: granted, resolve: grant } = Promise.withResolvers<void>();
  let released = 0;
  const { ending } = await drive(async (session) => {
    delete session.release;
    await granted;
    session.release = () => {
      released++;
    };
    return [{}];
  }, false);
  expect({ ending, released }).toEqual({ ending: "failed", released: 0 });
  grant();
  await new Promise((resolve) => setTimeout(resolve, 1));
  expect(released).toBe(1);
});
