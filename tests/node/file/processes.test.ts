// Several processes over one directory: nothing is lost, and what a killed one leaves blocks nobody.
import { mkdir, readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { ownName } from "../../../bindings/hosts/process-name.ts";
import { fileKvStore } from "../../../bindings/stores/file.ts";
import { crash, expiryFor, startChild } from "./child.ts";
import { withDirectory } from "./directory.ts";

const minutes = 60_000;

test(
  "four processes that increment by compare-and-set lose no increment",
  { timeout: 3 * minutes },
  () =>
    withDirectory(async (directory) => {
      const children = Array.from({ length: 4 }, () =>
        startChild({ directory, what: "increment", times: 100 }),
      );
      for (const child of children) expect(await child.rest()).toEqual(["done"]);
      await using store = fileKvStore({ directory });
      expect(await store.get("counter")).toBe("400");
      expect(await readdir(join(directory, ".kvista", "locks"))).toEqual([]);
    }),
);

// Each conditional write names the plain write that its value goes back to. The other process waits after
// each plain write until a conditional one came behind it: had that one looked before the plain write and
// written after it, it would name an earlier one.
test(
  "no plain write comes between the look and the write of another process's compare-and-set",
  {
    timeout: minutes,
  },
  () =>
    withDirectory(async (directory) => {
      const child = startChild({ directory, what: "set-and-delete", times: 200 });
      await using store = fileKvStore({ directory });
      let isRunning = true;
      const ended = child.rest().finally(() => {
        isRunning = false;
      });
      while (isRunning) {
        const entry = await store.entry("contended");
        const source = entry?.value.split(" ").at(-1) ?? "deleted";
        await store.compareAndSet("contended", entry?.version ?? null, `after ${source}`).catch(
          // Only what a plain write caused is expected.
          (error) => expect(error.code).toBe("VERSION_MISMATCH"),
        );
      }
      expect(await ended).toEqual(["done, 0 lost"]);
    }),
);

test(
  "after 200 processes were killed amid their writes every key holds a whole value and its expiry",
  { timeout: 8 * minutes },
  () =>
    withDirectory(async (directory) => {
      await using reader = fileKvStore({ directory });
      let sawValues = 0;
      let sawExpiries = 0;
      for (let round = 0; round < 200; round++) {
        const child = startChild({ directory, what: "alternate" });
        await child.line();
        await sleep(Math.random() * 30);
        await crash(child);
        // Read as any program would: the very files.
        for (const name of await readdir(directory)) {
          if (!name.endsWith(".json")) continue;
          const value = await readFile(join(directory, name), "utf8");
          sawValues += 1;
          expect([300, 70_000]).toContain(value.length);
          expect(value).toBe((value[0] as string).repeat(value.length));
          const expiresAt = expiryFor(value);
          if (expiresAt !== null) sawExpiries += 1;
          const entry = await reader.entry(name.slice(0, -".json".length));
          expect(entry).toMatchObject({ value, expiresAt });
        }
      }
      expect(sawValues).toBeGreaterThan(200);
      expect(sawExpiries).toBeGreaterThan(50);
      await using store = fileKvStore({ directory });
      for (let i = 0; i < 4; i++) await store.set(`key-${i}`, "after");
      expect(await store.list()).toEqual(["key-0", "key-1", "key-2", "key-3"]);
      expect(await readdir(join(directory, ".kvista", "locks"))).toEqual([]);
      expect(await readdir(join(directory, ".kvista", "tmp"))).toEqual([`own.${ownName}`]);
    }),
);

describe("a lock", () => {
  const key = "key";

  /** The lock of that key, as another process has it. */
  async function held(directory: string, owner: string): Promise<string> {
    const locks = join(directory, ".kvista", "locks");
    const path = join(locks, await lockNameOf(key));
    await mkdir(locks, { recursive: true });
    await writeFile(path, owner);
    return path;
  }

  test("of a process that was killed is broken, and one of its breaker as well", () =>
    withDirectory(async (directory) => {
      await using store = fileKvStore({ directory });
      await store.set(key, "before");
      const lock = await lockNameOf(key);
      // All of them begin before the first dies: whoever opens the directory cleans up.
      const names = [lock, `${lock}~`, `${lock}~~`];
      const children = names.map((name) => startChild({ directory, what: "hold", lock: name }));
      for (const child of children) await child.line();
      for (const child of children) await crash(child);
      expect((await readdir(join(directory, ".kvista", "locks"))).sort()).toEqual(names);
      await store.set(key, "after");
      expect(await store.get(key)).toBe("after");
      await settled();
      expect(await readdir(join(directory, ".kvista", "locks"))).toEqual([]);
    }));

  test("of a dead process is broken even if another process has its id now", () =>
    withDirectory(async (directory) => {
      await using store = fileKvStore({ directory });
      await store.get(key);
      const [pid, , ...rest] = ownName.split(".");
      await held(directory, [pid, "1", ...rest].join("."));
      await store.set(key, "1");
      expect(await store.get(key)).toBe("1");
    }));

  test("from before the machine was started again is broken", () =>
    withDirectory(async (directory) => {
      await using store = fileKvStore({ directory });
      await store.get(key);
      const [pid, start, , ...rest] = ownName.split(".");
      await held(directory, [pid, start, "0badb007", ...rest].join("."));
      await store.set(key, "1");
      expect(await store.get(key)).toBe("1");
    }));

  test.each([
    ["a process namespace of this machine before its last start", true, /-\d*$/, "-1", "0badb007"],
    ["another process namespace of this machine", false, /-\d*$/, "-1", null],
    ["a machine of the same name with another id", false, /-[^-]*-(\d*)$/, "-0bad-$1", "0badb007"],
  ])("of %s is broken: %s", (_whose, isBroken, part, other, otherBoot) =>
    withDirectory(async (directory) => {
      await using store = fileKvStore({ directory });
      await store.get(key);
      const [pid, start, boot, ...rest] = ownName.split(".");
      const machine = rest.join(".").replace(part, other);
      await held(directory, [pid, start, otherBoot ?? boot, machine].join("."));
      const outcome = await store.set(key, "1", { deadlineMs: 400 }).then(
        () => true,
        () => false,
      );
      expect(outcome).toBe(isBroken);
    }),
  );

  test("of a live process is never broken, and the write says which file it is", () =>
    withDirectory(async (directory) => {
      await using store = fileKvStore({ directory });
      const child = startChild({ directory, what: "hold", lock: await lockNameOf(key) });
      const owner = await child.line();
      const failure = await store.set(key, "1", { deadlineMs: 700 }).catch((error) => error);
      expect(failure).toMatchObject({ code: "RATE_LIMITED", retryable: true });
      expect(failure.message).toContain(await lockNameOf(key));
      expect(failure.message).toContain(owner);
      expect(await store.get(key)).toBeNull();
      // Another key is not held up.
      await store.set("other", "1");
      await crash(child);
      await store.set(key, "2");
      expect(await store.get(key)).toBe("2");
    }));

  test("is waited for by deletions that are given up, which remove nothing later", () =>
    withDirectory(async (directory) => {
      // The first waits for the other process, the second behind an operation of its own store.
      await using first = fileKvStore({ directory });
      await using second = fileKvStore({ directory });
      await first.set(key, "old");
      await second.get(key);
      const child = startChild({ directory, what: "hold", lock: await lockNameOf(key) });
      await child.line();
      const nothing = "0".repeat(32);
      const queue = second.compareAndSet(key, nothing, "never").catch((error) => error.code);
      const abort = new AbortController();
      const given = [first, second].flatMap((store) => [
        store.delete(key, { deadlineMs: 400 }),
        store.delete(key, { signal: abort.signal }),
        store.deleteMany([key], { signal: abort.signal }),
      ]);
      setTimeout(() => abort.abort(), 200);
      for (const one of await Promise.allSettled(given)) {
        expect(one).toMatchObject({ reason: { code: expect.stringMatching(/^TIMEOUT|RATE/) } });
      }
      await writeFile(join(directory, `${key}.json`), "newer");
      await crash(child);
      expect(await queue).toBe("VERSION_MISMATCH");
      for (const store of [first, second]) {
        await expect(store.compareAndSet(key, nothing, "never")).rejects.toMatchObject({
          code: "VERSION_MISMATCH",
        });
        await settled();
        expect(await store.get(key)).toBe("newer");
      }
    }));

  test.each([
    ["another machine's process", ownName.replace(/[^.]*$/, "elsewhere-1")],
    ["nobody that is known", "what is this"],
    ["nobody at all", ""],
  ])("of %s is left alone", (_whose, owner) =>
    withDirectory(async (directory) => {
      await using store = fileKvStore({ directory });
      await store.get("other");
      const path = await held(directory, owner);
      await expect(store.set(key, "1", { deadlineMs: 400 })).rejects.toMatchObject({
        code: "RATE_LIMITED",
      });
      expect(await readFile(path, "utf8")).toBe(owner);
    }),
  );
});

test("opening removes temporary files of dead processes, and none of a live one", () =>
  withDirectory(async (directory) => {
    const child = startChild({ directory, what: "hold", lock: "some" });
    const live = await child.line();
    const temporary = join(directory, ".kvista", "tmp");
    const [pid, , ...rest] = live.split(".");
    const dead = [pid, "1", ...rest].join(".");
    for (const owner of [live, dead, "", "junk"]) {
      await writeFile(join(temporary, `value-1-x.${owner}`), "half a val");
      await utimes(join(temporary, `value-1-x.${owner}`), 1, 1);
    }
    await using store = fileKvStore({ directory });
    await store.get("a");
    const names = await readdir(temporary);
    expect(names).toContain(`value-1-x.${live}`);
    expect(names).toContain(`own.${live}`);
    expect(names).toContain("value-1-x.junk");
    expect(names).not.toContain(`value-1-x.${dead}`);
    await crash(child);
  }));

/** The name of a key's lock, taken from what a process of its own leaves. */
async function lockNameOf(key: string): Promise<string> {
  const bytes = new TextEncoder().encode(`${key}.json`);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-1", bytes));
  return Buffer.from(digest.subarray(0, 16)).toString("hex");
}

/** Locks are released when their caller has been answered already. */
async function settled(): Promise<void> {
  await sleep(50);
}
