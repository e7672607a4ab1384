// One process of a test, started by child.ts with its task as the one argument. It prints what it did.
import { once } from "node:events";
import { closeSync, openSync, readdirSync } from "node:fs";
import type { KvError } from "../../../bindings/contract/errors.ts";
import { FileLocks } from "../../../bindings/stores/file/file-locks.ts";
import { FileOwner } from "../../../bindings/stores/file/file-owner.ts";
import { fileKvStore, openFileStore } from "../../../bindings/stores/file/file-store.ts";
import { defaultLease } from "../../../bindings/stores/file/lease.ts";
import { inTime, patient } from "../../patience.ts";
import { atDeadline } from "../support/leap.ts";
import { expiryFor, type Task } from "./child.ts";

const task: Task = JSON.parse(process.argv[2] ?? "");
const { directory } = task;
const options = { directory, ...(task.options as object) };
const lease = { ...defaultLease, ...(task.lease as object) };
const store = patient(
  task.lease === undefined ? fileKvStore(options) : openFileStore(options, {}, lease),
);
type Methods = { readonly [name: string]: (...given: unknown[]) => Promise<unknown> };
const methods = store as unknown as Methods;

const actions: { readonly [what in Task["what"]]: () => Promise<void> } = {
  // Adds 1 to a counter so many times, by compare-and-set.
  async increment() {
    for (let done = 0; done < Number(task.times); ) {
      const entry = await store.entry("counter");
      const next = String(Number(entry?.value ?? "0") + 1);
      try {
        await store.compareAndSet("counter", entry?.version ?? null, next);
        done += 1;
      } catch (error) {
        if ((error as KvError).code !== "VERSION_MISMATCH") throw error;
      }
    }
    console.log("done");
  },
  // Sets keys to whole values of one letter each, without end.
  async alternate() {
    await store.get("anything");
    console.log("ready");
    for (let round = 0; ; round++) {
      const letter = String.fromCharCode(97 + (round % 26));
      const value = letter.repeat(round % 3 === 0 ? 70_000 : 300);
      const expiresAt = expiryFor(value);
      await store.set(`key-${round % 4}`, value, expiresAt === null ? {} : { expiresAt });
      if (round % 7 === 0) await store.delete(`key-${(round + 1) % 4}`);
    }
  },
  // Sets each of so many keys in turn, without end.
  async renew() {
    console.log("ready");
    for (let i = 0; ; i++) await store.set(`${task.name}-${i % Number(task.times)}`, String(i));
  },
  // Plain writes of one key. Each waits for a compare-and-set of another process behind it, which must
  // not be one that has overlooked it.
  async "set-and-delete"() {
    let lost = 0;
    for (let i = 0; i < Number(task.times); i++) {
      const ours = i % 3 === 2 ? null : `set-${i}`;
      if (ours === null) await store.delete("contended");
      else await store.set("contended", ours);
      let value = await store.get("contended");
      while (value === ours) value = await store.get("contended");
      if (value !== `after ${ours ?? "deleted"}`) lost += 1;
    }
    console.log(`done, ${lost} lost`);
  },
  // Takes a lock and keeps it until a line comes in; then it tells whether the lock is still its own.
  async hold() {
    await store.get("anything");
    const owner = new FileOwner(`${directory}/.kvista/tmp`);
    await owner.open();
    const locks = new FileLocks(`${directory}/.kvista/locks`, owner, lease);
    const lock = String(task.lock);
    await locks.acquire(lock, Date.now() + inTime.deadlineMs);
    console.log(owner.name);
    await once(process.stdin, "data");
    await tell(() => locks.confirm(lock));
    await locks.release(lock);
    await owner.close();
    await store.close();
    process.stdin.destroy();
  },
  // Tells how operations end, as it was asked for.
  async try() {
    for (const [name, ...args] of task.calls as [string, ...unknown[]][]) {
      if (name === "leftOvers") {
        const names = readdirSync(`${directory}/.kvista/tmp`);
        await tell(() => names.filter((one) => !/^(own|live)\./.test(one)));
        continue;
      }
      if (name === "sortByLocale") {
        const [keys] = args as [string[]];
        await tell(() => keys.sort((one, other) => one.localeCompare(other)));
        continue;
      }
      if (name === "atDeadline") {
        const [method, ...given] = args as [string, ...unknown[]];
        await tell(() =>
          atDeadline((call) => methods[method]?.(...given, call) as Promise<unknown>),
        );
        continue;
      }
      await tell(() => methods[name]?.(...args));
    }
  },
  // Opens files until it may open no more, and lets them go in the end.
  async exhaust() {
    await store.set("key", "value");
    const files: number[] = [];
    try {
      for (;;) files.push(openSync("/dev/null", "r"));
    } catch {
      await tell(() => atDeadline((call) => store.get("key", call)));
      await tell(() => atDeadline((call) => store.set("key", "new", call)));
    }
    for (const file of files) closeSync(file);
    await tell(() => store.get("key"));
  },
  // Many operations at once.
  async crowd() {
    const keys = Array.from({ length: Number(task.times) }, (_, i) => `key-${i}`);
    const written = await Promise.all(keys.map((key) => store.set(key, key)));
    const read = await Promise.all(keys.map((key) => store.get(key)));
    const right = read.filter((value, i) => value === keys[i]);
    console.log(`${written.length} written, ${right.length} read`);
  },
};

async function tell(call: () => unknown): Promise<void> {
  try {
    console.log(JSON.stringify({ value: (await call()) ?? null }));
  } catch (error) {
    const { code, message, hint, retryable } = error as KvError;
    console.log(JSON.stringify({ code, message, hint, retryable }));
  }
}

await actions[task.what]();
