// The host over a directory in Node. What is asked, and what a failure means, is the core's
// (wasm/stores/file/file-store.h); the errors of the file system go to it as they are.
import fs from "node:fs";
import { promisify } from "node:util";
import type { HostReply } from "../../boundary/host-reply.ts";
import type { HostRequest } from "../../boundary/host-request.ts";
import { verb } from "../../boundary/host-request.ts";
import type { Host, HostSession } from "../../operation/host.ts";
import { readWhole, writeNew } from "./file-content.ts";
import { FileDirectory } from "./file-directory.ts";
import { entriesOf, namesExactly, statOf, statsOf, Walk } from "./file-entries.ts";
import { probe } from "./file-probe.ts";
import { Gate } from "./gate.ts";
import type { Lease } from "./lease.ts";

// Those with callbacks: they are faster than the promises' own.
const lstat = promisify(fs.lstat);
const rename = promisify(fs.rename);
const unlink = promisify(fs.unlink);

// Files open at the same time. More would not make Node's four threads faster, and all would take what
// the process may open from everybody else in it.
const maxOpenFiles = 64;

const decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });
const canceled: HostReply = { thrown: new Error("ECANCELED: a request before it has failed") };

/** What an operation holds: its locks, and the value that it has written aside. */
type FileSession = HostSession & {
  /** It has ended or was given up: nothing more is begun for it. */
  isOver?: boolean;
  busy?: Promise<unknown>;
  locks?: Set<string> | undefined;
  aside?: string | undefined;
};

export class FileHost implements Host {
  readonly #directory: FileDirectory;
  readonly #walk: Walk;
  readonly #gate = new Gate(maxOpenFiles);
  readonly #sessions = new Set<FileSession>();
  #opening: Promise<HostReply> | null = null;
  #closing: Promise<void> | null = null;
  #whenIdle = () => {};

  /** `root` is absolute, so that a change of the working directory changes nothing. */
  constructor(root: string, lease?: Lease) {
    this.#directory = new FileDirectory(root, lease);
    this.#walk = new Walk(root);
  }

  perform(requests: readonly HostRequest[], session: FileSession): Promise<readonly HostReply[]> {
    const performed = this.#inOrder(requests, session);
    session.busy = performed;
    if (session.release === undefined) {
      session.release = () => this.#release(session);
      this.#sessions.add(session);
    }
    return performed;
  }

  /** Waits for the operations that are under way: others must not take them for dead. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#walk.close();
    if (this.#sessions.size > 0) {
      await new Promise<void>((resolve) => {
        this.#whenIdle = resolve;
      });
    }
    await this.#directory.close();
  }

  async #inOrder(requests: readonly HostRequest[], session: FileSession): Promise<HostReply[]> {
    const begin = (request: HostRequest): Promise<HostReply> =>
      this.#performOne(request, session).catch((thrown) => ({ thrown }));
    const early = requests.map((request) => (request.verb === verb.write ? begin(request) : null));
    const replies: HostReply[] = [];
    let hasFailed = false;
    for (const [i, request] of requests.entries()) {
      const begun: Promise<HostReply> | HostReply =
        early[i] ?? (hasFailed || session.isOver === true ? canceled : begin(request));
      const reply: HostReply = await begun;
      hasFailed ||= "thrown" in reply;
      replies.push(reply);
    }
    return replies;
  }

  async #performOne(request: HostRequest, session: FileSession): Promise<HostReply> {
    const { key, value, meta, number } = request;
    const { root, locks } = this.#directory;
    switch (request.verb) {
      case verb.read:
        return this.#gate.run(() => this.#read(key, decoder.decode(value), number));
      case verb.write:
        return this.#gate.run(() => this.#write(request, session));
      case verb.rename:
        await this.#confirm(session);
        await this.#publish(key, session);
        await afterwards(async () => {
          await this.#removeOther(key, decoder.decode(value));
          if (number === 1) await this.#directory.sync(key);
        });
        return {};
      case verb.remove:
        await this.#confirm(session);
        await this.#removeOther(key, decoder.decode(value));
        try {
          await this.#remove(key, meta);
        } finally {
          // There may have been the other alone.
          if (number === 1) await afterwards(() => this.#directory.sync(key));
        }
        await this.#directory.removeParents(key);
        return {};
      case verb.statMany:
        return { value: await statsOf(root, decoder.decode(value)) };
      case verb.scan: {
        const entries = await entriesOf(root);
        return { value: entries, number: Number(await this.#directory.isExpiring()) };
      }
      case verb.walk:
        return this.#walk.next(number);
      case verb.lock:
        if (session.locks?.has(key)) return {};
        await locks.acquire(key, number, () => session.isOver === true);
        session.locks ??= new Set();
        session.locks.add(key);
        return {};
      case verb.unlock:
        // It may be another operation's, if this one has not got it.
        if (session.locks?.delete(key) === true) await locks.release(key);
        return {};
      case verb.holders:
        return this.#holders();
      case verb.open:
        // Operations that begin meanwhile wait, and go on in the order that they came in.
        this.#opening ??= this.#open(request).finally(() => {
          this.#opening = null;
        });
        return this.#opening;
      default:
        throw new TypeError(`a directory has no verb ${request.verb}`);
    }
  }

  async #read(key: string, other: string, mostBytes: number): Promise<HostReply> {
    const { root } = this.#directory;
    await this.#directory.checkParents(key);
    return readWhole(`${root}/${key}`, mostBytes).catch(async (thrown) => {
      if (other === key || !(await namesExactly(root, other))) throw thrown;
      return readWhole(`${root}/${other}`, mostBytes);
    });
  }

  async #write({ value, meta, number }: HostRequest, session: FileSession): Promise<HostReply> {
    const [mode = 0, synced] = new Float64Array(meta.buffer);
    session.aside = this.#directory.temporary("value");
    if (number > 0) await this.#directory.markExpiring();
    await writeNew(session.aside, value, { mode, mtime: number, isSynced: synced === 1 });
    return {};
  }

  async #publish(key: string, session: FileSession): Promise<void> {
    const { aside = "" } = session;
    const path = `${this.#directory.root}/${key}`;
    if (key.includes("/")) await this.#directory.withParents(key, () => rename(aside, path));
    else await rename(aside, path);
    session.aside = undefined;
  }

  async #remove(key: string, stat: Uint8Array): Promise<void> {
    const path = `${this.#directory.root}/${key}`;
    await this.#directory.checkParents(key);
    if (stat.length > 0) {
      const found = statOf(await lstat(path));
      if (Buffer.compare(found, stat) !== 0) return;
    }
    await unlink(path);
  }

  // What another program left under the plain name must not come back.
  async #removeOther(key: string, other: string): Promise<void> {
    const { root } = this.#directory;
    if (other === key || other === "" || !(await namesExactly(root, other))) return;
    await unlink(`${root}/${other}`);
  }

  async #open({ key, value, meta, number }: HostRequest): Promise<HostReply> {
    const [mode = 0, isMade, isSynced] = new Float64Array(meta.buffer);
    await this.#directory.prepare(isMade === 1, isSynced === 1);
    const timed = this.#directory.temporary("probe");
    const found = await probe(timed, key, decoder.decode(value), { mode, mtime: number });
    return { ...found, number: Number(await this.#directory.isExpiring()) };
  }

  async #holders(): Promise<HostReply> {
    const { locks } = this.#directory;
    const holders = (await locks.holders()).filter(({ fate }) => fate !== "dead");
    const text = holders.map(({ path, owner }) => `${path}\0${owner}\0`).join("");
    const numbers = holders.flatMap(({ fate, silentMs }) => [
      Number(fate === "alive"),
      silentMs / 1000,
    ]);
    const meta = new Uint8Array(Float64Array.from(numbers).buffer);
    return { value: text, meta, number: locks.leaseMs / 1000 };
  }

  async #confirm({ locks = new Set() }: FileSession): Promise<void> {
    for (const name of locks) await this.#directory.locks.confirm(name);
  }

  // What is in flight may still need the locks. One that cannot be removed stays until the store is closed.
  #release(session: FileSession): void {
    session.isOver = true;
    void session.busy?.then(async () => {
      const { aside, locks = [] } = session;
      session.aside = undefined;
      session.locks = undefined;
      if (aside !== undefined) await unlink(aside).catch(() => {});
      for (const name of locks) await this.#directory.locks.release(name).catch(() => {});
      this.#sessions.delete(session);
      if (this.#sessions.size === 0) this.#whenIdle();
    });
  }
}

// What fails when the change has been made is told as a fault of the disk: its outcome is not known.
async function afterwards(task: () => Promise<void>): Promise<void> {
  try {
    await task();
  } catch (cause) {
    throw new Error(`EIO: the change was made, and then ${String(cause)}`, { cause });
  }
}
