// Locks of owners of whom nobody can tell whether they live: they are leases.
import { link, readdir, readFile, rm, unlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { FileLocks } from "../../../bindings/stores/file/file-locks.ts";
import { FileOwner } from "../../../bindings/stores/file/file-owner.ts";
import { openFileStore } from "../../../bindings/stores/file/file-store.ts";
import { defaultLease } from "../../../bindings/stores/file/lease.ts";
import { ownName } from "../../../bindings/stores/file/process-name.ts";
import { type Child, startChild } from "./child.ts";
import { onOtherMachine, signalInside } from "./container.ts";
import { withDirectory } from "./directory.ts";
import { held, lockNameOf, unsigned } from "./lock.ts";

const key = "key";
const lock = lockNameOf(key);
// Real time, for processes that run.
const short = { lengthMs: 4000, touchMs: 100 };

/** A holder that shows no sign of life but the touches of its file, as over a network's disk. */
async function distantHolder(directory: string): Promise<Child> {
  const task = { directory, what: "hold", lock, lease: short } as const;
  const child = startChild(task, onOtherMachine(directory));
  onTestFinished(() => void child.process.kill("SIGKILL"));
  const owner = await child.line();
  await unlink(join(directory, ".kvista", "tmp", `live.${owner.split(".")[0]}`));
  return child;
}

async function withLocks<T>(directory: string, use: (locks: FileLocks) => Promise<T>): Promise<T> {
  const owner = new FileOwner(join(directory, ".kvista", "tmp"));
  await owner.open();
  try {
    return await use(
      new FileLocks(join(directory, ".kvista", "locks"), owner, { ...defaultLease, ...short }),
    );
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
      await expect(store.set(key, "1", { deadlineMs: 200 })).rejects.toMatchObject({
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
      await expect(store.set(key, "1", { deadlineMs: 200 })).rejects.toMatchObject({
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
    await expect(store.set("a", "1", { deadlineMs: 200 })).rejects.toThrow();
    nowMs += defaultLease.lengthMs;
    for (const one of ["a", "b", "c"]) await store.set(one, "1");
    await expect(store.set("d", "1", { deadlineMs: 200 })).rejects.toThrow();
  }));

test(
  "a distant holder that lives keeps its lock, and one that is stopped loses it and knows",
  { timeout: 60_000 },
  () =>
    withDirectory(async (directory) => {
      const child = await distantHolder(directory);
      await withLocks(directory, async (locks) => {
        await expect(locks.acquire(lock, Date.now() + short.lengthMs * 2)).rejects.toThrow(
          "ELOCKED",
        );
        signalInside(child, "SIGSTOP");
        await locks.acquire(lock, Date.now() + short.lengthMs * 5);
        signalInside(child, "SIGCONT");
        child.process.stdin?.write("\n");
        const [told = ""] = await child.rest();
        expect(JSON.parse(told).message).toMatch(/^ELEASE/);
        // Its release has not taken the lock from its new holder.
        await locks.confirm(lock);
        await locks.release(lock);
      });
      expect(await readdir(join(directory, ".kvista", "locks"))).toEqual([]);
    }),
);

test("a distant holder that was killed loses its lock to a store", { timeout: 60_000 }, () =>
  withDirectory(async (directory) => {
    const child = await distantHolder(directory);
    await using store = openFileStore({ directory }, {}, { ...defaultLease, ...short });
    await expect(store.set(key, "1", { deadlineMs: 200 })).rejects.toMatchObject({
      code: "RATE_LIMITED",
    });
    signalInside(child, "SIGKILL");
    await store.set(key, "1", { deadlineMs: short.lengthMs * 5 });
    expect(await store.get(key)).toBe("1");
  }),
);

test("a write whose lock was broken meanwhile is UNAVAILABLE, and changes and unlocks nothing", () =>
  withDirectory(async (directory) => {
    // No lock is too young to be looked at.
    await using store = openFileStore({ directory }, {}, { ...defaultLease, touchMs: 1 });
    await store.set(key, "old");
    await expect.poll(() => readdir(join(directory, ".kvista", "locks"))).toEqual([]);
    const writing = store.set(key, "n".repeat(25 * 1024 * 1024));
    const failure = writing.catch((error) => error);
    const path = join(directory, ".kvista", "locks", lock);
    for (;;) {
      // It is taken when there is one.
      if (
        await unlink(path).then(
          () => true,
          () => false,
        )
      )
        break;
    }
    await writeFile(path, "another");
    expect(await failure).toMatchObject({
      code: "UNAVAILABLE",
      retryable: true,
      hint: expect.stringContaining("try again"),
    });
    expect(await store.get(key)).toBe("old");
    expect(await readFile(path, "utf8")).toBe("another");
  }));

test(
  "diagnose names locks that nobody can judge, and those of an owner that is stopped",
  { timeout: 60_000 },
  () =>
    withDirectory(async (directory) => {
      await using store = openFileStore({ directory }, {}, { ...defaultLease, lengthMs: 500 });
      await store.get("other");
      const names = async () => (await store.diagnose()).map(({ name }) => name);
      expect(await names()).toEqual(["unsynced"]);
      const child = startChild({ directory, what: "hold", lock });
      onTestFinished(() => void child.process.kill("SIGKILL"));
      const owner = await child.line();
      child.process.kill("SIGSTOP");
      await expect.poll(names, { timeout: 20_000 }).toContain("old-lock");
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
    }),
);
