// Several processes over one directory: nothing is lost, and what a killed one leaves blocks nobody.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { fileKvStore } from "../../../bindings/stores/file/file-store.ts";
import { patient } from "../../patience.ts";
import { crash, expiryFor, startChild } from "./child.ts";
import { withDirectory } from "./directory.ts";

test("four processes that increment by compare-and-set lose no increment", () =>
  withDirectory(async (directory) => {
    const children = Array.from({ length: 4 }, () =>
      startChild({ directory, what: "increment", times: 100 }),
    );
    for (const child of children) expect(await child.rest()).toEqual(["done"]);
    await using store = patient(fileKvStore({ directory }));
    expect(await store.get("counter")).toBe("400");
    expect(await readdir(join(directory, ".kvista", "locks"))).toEqual([]);
  }));

// Each conditional write names the plain write that its value goes back to. The other process waits after
// each plain write until a conditional one came behind it: had that one looked before the plain write and
// written after it, it would name an earlier one.
test("no plain write comes between the look and the write of another process's compare-and-set", () =>
  withDirectory(async (directory) => {
    const child = startChild({ directory, what: "set-and-delete", times: 200 });
    await using store = patient(fileKvStore({ directory }));
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
  }));

test("after 200 processes were killed amid their writes every key holds a whole value and its expiry", () =>
  withDirectory(async (directory) => {
    await using reader = patient(fileKvStore({ directory }));
    let sawValues = 0;
    let sawExpiries = 0;
    // So many, and on until enough was seen: on a slow machine many die before they write.
    for (let round = 0; round < 200 || sawValues <= 200 || sawExpiries <= 50; round++) {
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
    await using store = patient(fileKvStore({ directory }));
    for (let i = 0; i < 4; i++) await store.set(`key-${i}`, "after");
    expect(await store.list()).toEqual(["key-0", "key-1", "key-2", "key-3"]);
    expect(await readdir(join(directory, ".kvista", "locks"))).toEqual([]);
    await store.close();
    await reader.close();
    expect(await readdir(join(directory, ".kvista", "tmp"))).toEqual([]);
  }));
