// Locks of owners of whom nobody can tell whether they live: they are leases.
import { link, readdir, readFile, rm, stat, unlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { FileLocks } from "../../../bindings/stores/file/file-locks.ts";
import { FileOwner } from "../../../bindings/stores/file/file-owner.ts";
import { openFileStore } from "../../../bindings/stores/file/file-store.ts";
import { defaultLease, type Lease } from "../../../bindings/stores/file/lease.ts";
import { ownName } from "../../../bindings/stores/file/process-name.ts";
import { inTime, patienceMs } from "../../patience.ts";
import { atDeadline } from "../support/leap.ts";
import { type Child, startChild } from "./child.ts";
import { onOtherMachine, signalInside, stateInside } from "./container.ts";
import { withDirectory } from "./directory.ts";
import { held, lockNameOf, unsigned } from "./lock.ts";

const key = "key";
const lock = lockNameOf(key);
// So often it shows itself, by its own clock.
const touchMs = 100;

/** A holder that shows no sign of life but the touches of its file, as over a network's disk. */
async function distantHolder(directory: string): Promise<Child> {
  const task = { directory, what: "hold", lock, lease: { touchMs } } as const;
  const child = startChild(task, onOtherMachine(directory));
  onTestFinished(() => void child.process.kill("SIGKILL"));
  const owner = await child.line();
  await unlink(join(directory, ".kvista", "tmp", `live.${owner.split(".")[0]}`));
  return child;
}

/** Resolves when the holder has shown itself once more. */
async function touched(directory: string): Promise<void> {
  const mtimeOf = async () => (await stat(join(directory, ".kvista", "locks", lock))).mtimeMs;
  const before = await mtimeOf();
  await expect.poll(mtimeOf).not.toBe(before);
}

/** Resolves when the process inside does nothing any more. */
async function stopped(child: Child): Promise<void> {
  signalInside(child, "SIGSTOP");
  await expect.poll(() => stateInside(child)).toBe("T");
}

async function withLocks<T>(
  directory: string,
  lease: Lease,
  use: (locks: FileLocks) => Promise<T>,
): Promise<T> {
  const owner = new FileOwner(join(directory, ".kvista", "tmp"));
  await owner.open();
  try {
    return await use(new FileLocks(join(directory, ".kvista", "locks"), owner, lease));
  } finally {
    await owner.close();
  }
}

test("a lock that stays as it is for the lease's length is broken, over several operations", () =>
  withDirectory(async (directory) => {
    let nowMs = 0;
    const lease = { ...defaultLease, now: () => nowMs };
    await using store = openFileStore({ directory }, {}, lease);
    await store.get("other");
    const path = await held(directory, key, "nobody that is known");
    const isRefused = async () => {
      await expect(atDeadline((call) => store.set(key, "1", call))).rejects.toMatchObject({
        code: "RATE_LIMITED",
      });
    };
    await isRefused();
    nowMs += defaultLease.lengthMs - 1;
    await isRefused();
    // Its owner shows itself.
    await utimes(path, 1000, 1000);
    nowMs += 1;
    await isRefused();
    nowMs += defaultLease.lengthMs - 1;
    await isRefused();
    nowMs += 1;
    await store.set(key, "1");
    expect(await store.get(key)).toBe("1");
  }));

test("a process that lives keeps its lock, however long it is silent, on a disk without sockets", () =>
  withDirectory(async (directory) => {
    let nowMs = 0;
    await using store = openFileStore({ directory }, {}, { ...defaultLease, now: () => nowMs });
    await store.get("other");
    await held(directory, key, unsigned(ownName));
    for (let i = 0; i < 3; i++, nowMs += 2 * defaultLease.lengthMs) {
      await expect(atDeadline((call) => store.set(key, "1", call))).rejects.toMatchObject({
        code: "RATE_LIMITED",
      });
    }
  }));

test("locks of one owner are broken together, and one that nobody looked at before is not", () =>
  withDirectory(async (directory) => {
    let nowMs = 0;
    await using store = openFileStore({ directory }, {}, { ...defaultLease, now: () => nowMs });
    await store.get("other");
    for (const one of ["a", "b", "c"]) await held(directory, one, "somebody");
    const locks = join(directory, ".kvista", "locks");
    for (const one of ["a", "b"]) {
      await rm(join(locks, lockNameOf(one)));
      await link(join(locks, lockNameOf("c")), join(locks, lockNameOf(one)));
    }
    await held(directory, "d", "somebody else");
    await expect(atDeadline((call) => store.set("a", "1", call))).rejects.toThrow();
    nowMs += defaultLease.lengthMs;
    for (const one of ["a", "b", "c"]) await store.set(one, "1");
    await expect(atDeadline((call) => store.set("d", "1", call))).rejects.toThrow();
  }));

test("a distant holder that lives keeps its lock, and one that is stopped loses it and knows", () =>
  withDirectory(async (directory) => {
    const child = await distantHolder(directory);
    let nowMs = 0;
    await withLocks(directory, { ...defaultLease, now: () => nowMs }, async (locks) => {
      const isRefused = () =>
        expect(locks.acquire(lock, Date.now() + touchMs)).rejects.toThrow("ELOCKED");
      await isRefused();
      for (let i = 0; i < 3; i++) {
        await touched(directory);
        nowMs += defaultLease.lengthMs;
        await isRefused();
      }
      await stopped(child);
      await isRefused();
      nowMs += defaultLease.lengthMs;
      await locks.acquire(lock, Date.now() + patienceMs);
      signalInside(child, "SIGCONT");
      child.process.stdin?.write("\n");
      const [told = ""] = await child.rest();
      expect(JSON.parse(told).message).toMatch(/^ELEASE/);
      // Its release has not taken the lock from its new holder.
      await locks.confirm(lock);
      await locks.release(lock);
    });
    expect(await readdir(join(directory, ".kvista", "locks"))).toEqual([]);
  }));

test("a distant holder that was killed loses its lock to a store", () =>
  withDirectory(async (directory) => {
    const child = await distantHolder(directory);
    let nowMs = 0;
    await using store = openFileStore({ directory }, {}, { ...defaultLease, now: () => nowMs });
    const isRefused = () =>
      expect(atDeadline((call) => store.set(key, "1", call))).rejects.toMatchObject({
        code: "RATE_LIMITED",
      });
    await isRefused();
    const ended = child.rest();
    signalInside(child, "SIGKILL");
    await ended;
    await isRefused();
    nowMs += defaultLease.lengthMs;
    await store.set(key, "1", inTime);
    expect(await store.get(key)).toBe("1");
  }));

test("a write whose lock was broken meanwhile is UNAVAILABLE, and changes and unlocks nothing", () =>
  withDirectory(async (directory) => {
    // No lock is too young to be looked at.
    await using store = openFileStore({ directory }, {}, { ...defaultLease, touchMs: 0 });
    await store.set(key, "old");
    await expect.poll(() => readdir(join(directory, ".kvista", "locks"))).toEqual([]);
    const path = join(directory, ".kvista", "locks", lock);
    // It is broken between the value that was written aside and the change.
    const { confirm } = FileLocks.prototype;
    const confirming = vi.spyOn(FileLocks.prototype, "confirm");
    confirming.mockImplementationOnce(async function (this: FileLocks, name) {
      await unlink(path);
      await writeFile(path, "another");
      return confirm.call(this, name);
    });
    const failure = await store.set(key, "new", inTime).catch((error) => error);
    confirming.mockRestore();
    expect(failure).toMatchObject({
      code: "UNAVAILABLE",
      retryable: true,
      hint: expect.stringContaining("try again"),
    });
    expect(await store.get(key)).toBe("old");
    expect(await readFile(path, "utf8")).toBe("another");
  }));

test("diagnose names locks that nobody can judge, and those of an owner that is stopped", () =>
  withDirectory(async (directory) => {
    await using store = openFileStore({ directory }, {}, { ...defaultLease, lengthMs: 500 });
    await store.get("other");
    const names = async () => (await store.diagnose()).map(({ name }) => name);
    expect(await names()).toEqual(["unsynced"]);
    const child = startChild({ directory, what: "hold", lock });
    onTestFinished(() => void child.process.kill("SIGKILL"));
    const owner = await child.line();
    child.process.kill("SIGSTOP");
    await expect.poll(names).toContain("old-lock");
    const path = await held(directory, "other", "nobody that is known");
    const found = await store.diagnose();
    expect(found).toContainEqual({
      severity: "warning",
      name: "old-lock",
      message: expect.stringContaining(`${lock} of ${owner}`),
      hint: expect.stringContaining("stopped"),
    });
    expect(found).toContainEqual({
      severity: "warning",
      name: "unjudged-lock",
      message: expect.stringContaining(`${path} of nobody that is known`),
      hint: expect.stringContaining("remove the file"),
    });
    child.process.kill("SIGCONT");
    child.process.stdin?.write("\n");
    await child.rest();
    await rm(path);
    expect(await names()).toEqual(["unsynced"]);
  }));
