// Locks between processes: whose are broken, whose are not, and what becomes of what their owners left.
import { link, mkdir, readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Worker } from "node:worker_threads";
import { describe, expect, test } from "vitest";
import { fileKvStore } from "../../../bindings/stores/file/file-store.ts";
import { ownName } from "../../../bindings/stores/file/process-name.ts";
import { inTime } from "../../patience.ts";
import { atDeadline } from "../support/leap.ts";
import { crash, startChild } from "./child.ts";
import { withDirectory } from "./directory.ts";
import { held, lockNameOf, unsigned } from "./lock.ts";

const key = "key";

describe("a lock", () => {
  test("of a process that was killed is broken, and one of its breaker as well", () =>
    withDirectory(async (directory) => {
      await using store = fileKvStore({ directory });
      await store.set(key, "before");
      const lock = lockNameOf(key);
      // All of them begin before the first dies: whoever opens the directory cleans up.
      const names = [lock, `${lock}~`, `${lock}~~`];
      const children = names.map((name) => startChild({ directory, what: "hold", lock: name }));
      for (const child of children) await child.line();
      for (const child of children) await crash(child);
      expect((await readdir(join(directory, ".kvista", "locks"))).sort()).toEqual(names);
      await store.set(key, "after");
      expect(await store.get(key)).toBe("after");
      await released(directory);
    }));

  test("of a dead process is broken even if another process has its id now", () =>
    withDirectory(async (directory) => {
      await using store = fileKvStore({ directory });
      await store.get(key);
      const [pid, , ...rest] = ownName.split(".");
      await held(directory, key, unsigned([pid, "1", ...rest].join(".")));
      await store.set(key, "1");
      expect(await store.get(key)).toBe("1");
    }));

  test("from before the machine was started again is broken", () =>
    withDirectory(async (directory) => {
      await using store = fileKvStore({ directory });
      await store.get(key);
      const [pid, start, , ...rest] = ownName.split(".");
      await held(directory, key, unsigned([pid, start, "0badb007", ...rest].join(".")));
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
      await held(directory, key, unsigned([pid, start, otherBoot ?? boot, machine].join(".")));
      const outcome = await atDeadline((call) =>
        store.set(key, "1", call).then(
          () => true,
          () => false,
        ),
      );
      expect(outcome).toBe(isBroken);
    }),
  );

  test("of a live process is never broken, and the write says which file it is", () =>
    withDirectory(async (directory) => {
      await using store = fileKvStore({ directory });
      const child = startChild({ directory, what: "hold", lock: lockNameOf(key) });
      const owner = await child.line();
      const failure = await atDeadline((call) => store.set(key, "1", call)).catch((error) => error);
      expect(failure).toMatchObject({ code: "RATE_LIMITED", retryable: true });
      expect(failure.message).toContain(lockNameOf(key));
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
      const child = startChild({ directory, what: "hold", lock: lockNameOf(key) });
      await child.line();
      const nothing = "0".repeat(32);
      const queue = second.compareAndSet(key, nothing, "never", inTime).catch(({ code }) => code);
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
        await released(directory);
        expect(await store.get(key)).toBe("newer");
      }
    }));

  test.each([
    ["another machine's process", unsigned(ownName.replace(/[^.]*$/, "elsewhere-1"))],
    ["nobody that is known", "what is this"],
    ["nobody at all", ""],
  ])("of %s is left alone", (_whose, owner) =>
    withDirectory(async (directory) => {
      await using store = fileKvStore({ directory });
      await store.get("other");
      const path = await held(directory, key, owner);
      await expect(atDeadline((call) => store.set(key, "1", call))).rejects.toMatchObject({
        code: "RATE_LIMITED",
      });
      expect(await readFile(path, "utf8")).toBe(owner);
    }),
  );
});

test("opening removes what dead owners left, and nothing of a live one", () =>
  withDirectory(async (directory) => {
    const child = startChild({ directory, what: "hold", lock: "some" });
    const live = await child.line();
    const temporary = join(directory, ".kvista", "tmp");
    const [id, device, pid, , ...rest] = live.split(".");
    const other = "0".repeat(16);
    const reused = [other, "", pid, "1", ...rest].join(".");
    const gone = [other, device, ownName].join(".");
    const starting = `new.${gone}`;
    for (const owner of [live, reused, gone, "", "junk"]) {
      await writeFile(join(temporary, `value-1-x.${owner}`), "half a val");
      await utimes(join(temporary, `value-1-x.${owner}`), 1, 1);
    }
    await writeFile(join(temporary, starting), gone);
    await using store = fileKvStore({ directory });
    await store.get("a");
    const names = await readdir(temporary);
    for (const name of [`value-1-x.${live}`, `own.${live}`, `live.${id}`, "value-1-x.junk"]) {
      expect(names).toContain(name);
    }
    // A living process may be about to make its socket.
    expect(names).toContain(starting);
    for (const owner of [reused, gone]) expect(names).not.toContain(`value-1-x.${owner}`);
    await crash(child);
    expect(await readdir(temporary)).toContain(`live.${id}`);
    await using next = fileKvStore({ directory });
    await next.get("a");
    const left = (await readdir(temporary)).join();
    expect(left).not.toContain(live);
    expect(left).not.toContain(id);
  }));

test("a lock of a thread that was terminated is broken, though its process lives", () =>
  withDirectory(async (directory) => {
    await using store = fileKvStore({ directory });
    await store.set(key, "before");
    const task = { directory, what: "hold", lock: lockNameOf(key) };
    const thread = new Worker(join(import.meta.dirname, "actor.ts"), {
      argv: [JSON.stringify(task)],
      stdin: true,
      stdout: true,
    });
    await new Promise((resolve) => thread.stdout.once("data", resolve));
    await expect(atDeadline((call) => store.set(key, "1", call))).rejects.toMatchObject({
      code: "RATE_LIMITED",
    });
    await thread.terminate();
    await store.set(key, "after");
    expect(await store.get(key)).toBe("after");
  }));

// ext4 has at most 65,000 links to a file; the locks of a store are links to one.
test("a store takes locks beyond the number of links that a file may have", () =>
  withDirectory(async (directory) => {
    await using store = fileKvStore({ directory });
    await store.get("a");
    const temporary = join(directory, ".kvista", "tmp");
    const own = (await readdir(temporary)).find((name) => name.startsWith("own.")) as string;
    const links = join(directory, "..", "links");
    await mkdir(links);
    let failure: NodeJS.ErrnoException | null = null;
    for (let i = 0; i < 66_000 && failure === null; i += 100) {
      const names = Array.from({ length: 100 }, (_, j) => join(links, String(i + j)));
      await Promise.all(names.map((name) => link(join(temporary, own), name))).catch((error) => {
        failure = error;
      });
    }
    if (failure !== null) expect(failure).toMatchObject({ code: "EMLINK" });
    const keys = Array.from({ length: 20 }, (_, i) => `key-${i}`);
    await Promise.all(keys.map((one) => store.set(one, one)));
    expect(await store.getMany(keys)).toEqual(keys);
  }));

test("a store that is closed leaves nothing behind, nor does one that was forgotten", () =>
  withDirectory(async (directory) => {
    setFlagsFromString("--expose-gc");
    const collect: () => void = runInNewContext("gc");
    const store = fileKvStore({ directory });
    await (async () => {
      await fileKvStore({ directory }).set("b", "1");
    })();
    const temporary = join(directory, ".kvista", "tmp");
    await store.set("a", "1");
    expect(await readdir(temporary)).toHaveLength(4);
    await expect
      .poll(async () => {
        collect();
        return (await readdir(temporary)).length;
      })
      .toBe(2);
    const pending = store.set("a", "2");
    await store.close();
    expect(await readdir(temporary)).toEqual([]);
    expect(await readdir(join(directory, ".kvista", "locks"))).toEqual([]);
    await pending;
  }));

/** Locks are released when their caller has been answered already. */
async function released(directory: string): Promise<void> {
  await expect.poll(() => readdir(join(directory, ".kvista", "locks"))).toEqual([]);
}
