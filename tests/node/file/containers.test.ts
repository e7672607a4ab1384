// Locks between containers of one machine, which know nothing of each other's processes.
import { mkdir, readdir } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { fileKvStore, openFileStore } from "../../../bindings/stores/file/file-store.ts";
import { defaultLease } from "../../../bindings/stores/file/lease.ts";
import { ownName } from "../../../bindings/stores/file/process-name.ts";
import { inTime } from "../../patience.ts";
import { atDeadline } from "../support/leap.ts";
import { type Child, crash, startChild } from "./child.ts";
import { inContainer, signalInside } from "./container.ts";
import { withDirectory } from "./directory.ts";
import { lockNameOf } from "./lock.ts";

const key = "key";
// The lease must not be what helps.
const endless = { lengthMs: Number.MAX_SAFE_INTEGER };

async function holderIn(container: string[], directory: string): Promise<Child> {
  const child = startChild({ directory, what: "hold", lock: lockNameOf(key) }, container);
  onTestFinished(() => void child.process.kill("SIGKILL"));
  const owner = await child.line();
  expect(owner.split(".").at(-1)).not.toBe(ownName.split(".").at(-1));
  return child;
}

async function killInside(child: Child): Promise<void> {
  const rest = child.rest();
  signalInside(child, "SIGKILL");
  expect(await rest).toEqual([]);
}

/** How a write in a container of its own ends. */
async function writeIn(container: string[], directory: string, ...how: string[]): Promise<unknown> {
  const calls = [[...how, "set", key, "new"]];
  const child = startChild({ directory, what: "try", calls, lease: endless }, container);
  const [line = ""] = await child.rest();
  return JSON.parse(line);
}

const deep = ["d".repeat(200), "e".repeat(200)];

test.each([
  ["the same host name", hostname(), hostname(), []],
  ["another host name", "one", "other", []],
  ["another host name, in a directory with a long path", "one", "other", deep],
])(
  "a lock of a container that was killed is broken in one of %s, and one that lives keeps it",
  (_what, first, second, below) =>
    withDirectory(async (parent) => {
      const directory = join(parent, ...below);
      await mkdir(directory, { recursive: true });
      const holder = await holderIn(inContainer(first), directory);
      expect(await writeIn(inContainer(second), directory, "atDeadline")).toMatchObject({
        code: "RATE_LIMITED",
      });
      await killInside(holder);
      expect(await readdir(join(directory, ".kvista", "locks"))).toEqual([lockNameOf(key)]);
      expect(await writeIn(inContainer(second), directory)).toHaveProperty("value");
    }),
);

test("a store that was open before breaks it as well, and what the container left is removed", () =>
  withDirectory(async (directory) => {
    await using store = openFileStore({ directory }, {}, { ...defaultLease, ...endless });
    await store.get(key);
    const holder = await holderIn(inContainer("one"), directory);
    await killInside(holder);
    await store.set(key, "new", inTime);
    await using next = fileKvStore({ directory });
    await next.get(key);
    const left = await readdir(join(directory, ".kvista", "tmp"));
    // The file and the socket of each of the two that live.
    expect(left.map((name) => name.split(".")[0]).sort()).toEqual(["live", "live", "own", "own"]);
  }));

test("a process that is stopped in another container keeps its lock", () =>
  withDirectory(async (directory) => {
    const holder = await holderIn(inContainer("one"), directory);
    signalInside(holder, "SIGSTOP");
    let nowMs = 0;
    await using store = openFileStore({ directory }, {}, { ...defaultLease, now: () => nowMs });
    for (let i = 0; i < 3; i++, nowMs += 2 * defaultLease.lengthMs) {
      await expect(atDeadline((call) => store.set(key, "new", call))).rejects.toMatchObject({
        code: "RATE_LIMITED",
        message: expect.stringContaining("one-"),
      });
    }
    signalInside(holder, "SIGCONT");
    holder.process.stdin?.write("\n");
    expect(await holder.rest()).toEqual([JSON.stringify({ value: null })]);
    await store.set(key, "new", inTime);
  }));

test("a killed container's half-written values are removed by another that opens the directory", () =>
  withDirectory(async (directory) => {
    const child = startChild({ directory, what: "alternate" }, inContainer("one"));
    await child.line();
    await crash(child);
    const opener = startChild({ directory, what: "try", calls: [["list"]] }, inContainer("other"));
    expect(await opener.rest()).toHaveLength(1);
    expect(await readdir(join(directory, ".kvista", "locks"))).toEqual([]);
    const left = await readdir(join(directory, ".kvista", "tmp"));
    expect(left.filter((name) => name.includes(".one-"))).toEqual([]);
  }));
