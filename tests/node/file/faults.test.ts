// A directory that fails: each fault has its code and a hint, and nothing is left half-written. The
// faults are real ones. Some of them need root, as the tests' set-up does: a mount in a namespace of the
// child's own, a process of another user, a limit.
import { execFileSync } from "node:child_process";
import { chmod, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fileKvStore } from "../../../bindings/stores/file/file-store.ts";
import { startChild } from "./child.ts";
import { withDirectory } from "./directory.ts";

type Told = { readonly [member: string]: unknown };

/** What another process is told, which does that in the directory. */
async function told(
  directory: string,
  calls: readonly (readonly unknown[])[],
  under: readonly string[],
  options = {},
): Promise<Told[]> {
  const child = startChild({ directory, what: "try", calls, options }, under);
  return (await child.rest()).map((line) => JSON.parse(line));
}

/** Runs the command line before the process, in a mount namespace of its own. */
function mounted(command: string): string[] {
  return [
    "unshare",
    "--mount",
    "--propagation",
    "private",
    "bash",
    "-ec",
    `${command}; exec "$@"`,
    "bash",
  ];
}

test("a full disk is OUT_OF_MEMORY, the old value stays, and nothing half-written is left", () =>
  withDirectory(async (directory) => {
    await mkdir(directory);
    const mount = `mount -t tmpfs -o size=80k none ${directory}`;
    const answers = await told(
      directory,
      [
        ["set", "key", "old"],
        ["set", "key", "x".repeat(100_000)],
        ["get", "key"],
        ["leftOvers"],
        ["list"],
        ["set", "key", "new"],
        ["get", "key"],
      ],
      mounted(`${mount}`),
    );
    expect(answers).toMatchObject([
      {},
      { code: "OUT_OF_MEMORY", retryable: false, hint: expect.stringContaining("disk is full") },
      { value: "old" },
      { value: [] },
      { value: ["key"] },
      {},
      { value: "new" },
    ]);
  }));

test("a read-only file system says so to a write, and can be read", () =>
  withDirectory(async (directory) => {
    {
      await using store = fileKvStore({ directory });
      await store.set("key", "value", { ttlSeconds: 1 });
      await store.set("other", "value");
    }
    const mount = `mount --bind ${directory} ${directory}; mount -o remount,bind,ro ${directory}; sleep 2`;
    const answers = await told(
      directory,
      [
        ["get", "other"],
        ["get", "key"],
        ["list"],
        ["set", "other", "new"],
        ["delete", "other"],
        ["diagnose"],
      ],
      mounted(mount),
    );
    expect(answers).toMatchObject([
      { value: "value" },
      { value: null },
      { value: ["other"] },
      { code: "UNAVAILABLE", hint: expect.stringContaining("read-only") },
      { code: "UNAVAILABLE", hint: expect.stringContaining("read-only") },
      { value: expect.arrayContaining([expect.objectContaining({ name: "read-only" })]) },
    ]);
  }));

test("a user without permission is told so, by a read as well as by a write", () =>
  withDirectory(async (directory) => {
    {
      await using store = fileKvStore({ directory });
      await store.set("key", "value");
    }
    await chmod(join(directory, ".."), 0o755);
    await chmod(join(directory, "key.json"), 0o600);
    const nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    const answers = await told(
      directory,
      [
        ["get", "key"],
        ["set", "key", "new"],
      ],
      nobody,
    );
    expect(answers).toMatchObject([
      { code: "UNAVAILABLE", hint: expect.stringContaining("permission") },
      { code: "UNAVAILABLE", hint: expect.stringContaining("permission") },
    ]);
    expect(await readFile(join(directory, "key.json"), "utf8")).toBe("value");
  }));

test("too many open files is RATE_LIMITED, and passes when there are fewer", () =>
  withDirectory(async (directory) => {
    const child = startChild({ directory, what: "exhaust" }, ["prlimit", "--nofile=64:64"]);
    const answers = (await child.rest()).map((line) => JSON.parse(line));
    expect(answers).toMatchObject([
      { code: "RATE_LIMITED", retryable: true, hint: expect.stringContaining("ulimit -n") },
      { code: "RATE_LIMITED", retryable: true, hint: expect.stringContaining("ulimit -n") },
      { value: "value" },
    ]);
  }));

test("two thousand operations at once do not open two thousand files", () =>
  withDirectory(async (directory) => {
    const child = startChild({ directory, what: "crowd", times: 2000 }, [
      "prlimit",
      "--nofile=128:128",
    ]);
    expect(await child.rest()).toEqual(["2000 written, 2000 read"]);
  }));

test("a directory in place of a file is CORRUPT, for each operation on its key", () =>
  withDirectory(async (directory) => {
    await using store = fileKvStore({ directory });
    await mkdir(join(directory, "key.json", "inside"), { recursive: true });
    for (const call of [
      () => store.get("key"),
      () => store.set("key", "1"),
      () => store.patch("key", {}),
      () => store.delete("key"),
    ]) {
      await expect(call()).rejects.toMatchObject({
        code: "CORRUPT",
        hint: expect.stringContaining("directory"),
      });
    }
    expect(await readdir(join(directory, "key.json"))).toEqual(["inside"]);
    await leftOvers(directory);
  }));

test("a link in place of a file is not followed: a read is CORRUPT, a write replaces the link", () =>
  withDirectory(async (directory) => {
    await using store = fileKvStore({ directory });
    const outside = join(directory, "..", "outside.json");
    await mkdir(directory);
    await writeFile(outside, "secret");
    await symlink(outside, join(directory, "key.json"));
    await expect(store.get("key")).rejects.toMatchObject({
      code: "CORRUPT",
      hint: expect.stringContaining("symbolic link"),
    });
    expect(await store.list()).toEqual([]);
    await store.set("key", "ours");
    expect(await store.get("key")).toBe("ours");
    await symlink(outside, join(directory, "other.json"));
    await store.delete("other");
    expect(await readFile(outside, "utf8")).toBe("secret");
  }));

test("links among the directories of the store and of long names lead nowhere", () =>
  withDirectory(async (directory) => {
    const elsewhere = join(directory, "..", "elsewhere");
    await mkdir(elsewhere);
    await mkdir(directory);
    const key = "k".repeat(300);
    await symlink(elsewhere, join(directory, `${"k".repeat(250)}%`));
    await writeFile(join(elsewhere, `${"k".repeat(50)}.json`), "secret");
    await using store = fileKvStore({ directory });
    for (const call of [() => store.get(key), () => store.set(key, "1"), () => store.delete(key)]) {
      await expect(call()).rejects.toMatchObject({ code: "CORRUPT" });
    }
    expect(await store.list()).toEqual([]);
    expect(await readdir(elsewhere)).toEqual([`${"k".repeat(50)}.json`]);
    await rm(join(directory, ".kvista"), { recursive: true });
    await symlink(elsewhere, join(directory, ".kvista"));
    await using fresh = fileKvStore({ directory });
    for (const call of [() => fresh.get("a"), () => fresh.set("a", "1")]) {
      await expect(call()).rejects.toMatchObject({ code: "CORRUPT" });
    }
    expect(await readdir(elsewhere)).toEqual([`${"k".repeat(50)}.json`]);
  }));

test("what is no UTF-8 text, or no file at all, is CORRUPT and can be replaced", () =>
  withDirectory(async (directory) => {
    await using store = fileKvStore({ directory });
    await mkdir(directory);
    await writeFile(join(directory, "binary.json"), Buffer.from([0x22, 0xff, 0x22]));
    execFileSync("mkfifo", [join(directory, "pipe.json")]);
    for (const key of ["binary", "pipe"]) {
      await expect(store.get(key)).rejects.toMatchObject({ code: "CORRUPT" });
      await expect(store.compareAndSet(key, null, "1")).rejects.toMatchObject({ code: "CORRUPT" });
      await store.set(key, "text");
      expect(await store.get(key)).toBe("text");
    }
  }));

test("a file where the directory belongs is CORRUPT", () =>
  withDirectory(async (directory) => {
    await writeFile(directory, "a file");
    await using store = fileKvStore({ directory });
    await expect(store.set("a", "1")).rejects.toMatchObject({ code: "CORRUPT" });
    await expect(store.get("a")).rejects.toMatchObject({ code: "CORRUPT" });
  }));

test("a directory that cannot be made is UNAVAILABLE, in place of asking for ever", async () => {
  const store = fileKvStore({ directory: "/proc/nowhere/below" });
  await expect(store.set("a", "1")).rejects.toMatchObject({
    code: "UNAVAILABLE",
    message: expect.stringContaining("/proc/nowhere"),
    hint: expect.stringContaining("another path"),
  });
  await expect(store.get("a")).rejects.toMatchObject({ code: "UNAVAILABLE" });
  await store.close();
});

test("a directory that is removed while the store is open is made again", () =>
  withDirectory(async (directory) => {
    await using store = fileKvStore({ directory });
    await store.set("a", "1");
    await rm(directory, { recursive: true });
    expect(await store.get("a")).toBeNull();
    await store.set("a", "2");
    expect(await store.list()).toEqual(["a"]);
    await rm(join(directory, ".kvista"), { recursive: true });
    await store.compareAndSet("b", null, "1");
    expect(await store.list()).toEqual(["a", "b"]);
  }));

test("an aborted write leaves the old value or the new one, and no temporary file", () =>
  withDirectory(async (directory) => {
    await using store = fileKvStore({ directory });
    const values = ["o".repeat(300_000), "n".repeat(300_000)];
    for (let i = 0; i < 20; i++) {
      await store.set("key", values[0] as string);
      const abort = new AbortController();
      const writing = store.set("key", values[1] as string, { signal: abort.signal });
      setTimeout(() => abort.abort(), i % 5);
      const code = await writing.then(
        () => null,
        (error) => error.code,
      );
      expect([null, "TIMEOUT", "OUTCOME_UNKNOWN"]).toContain(code);
      const value = await store.get("key");
      if (code === "TIMEOUT") expect(value).toBe(values[0]);
      else expect(values).toContain(value);
    }
    await leftOvers(directory);
  }));

/** There are no locks and no temporary files, once what was released is gone. */
async function leftOvers(directory: string): Promise<void> {
  await expect
    .poll(async () => [
      ...(await readdir(join(directory, ".kvista", "locks"))),
      ...(await readdir(join(directory, ".kvista", "tmp"))).filter(
        (name) => !/^(own|live)\./.test(name),
      ),
    ])
    .toEqual([]);
}
