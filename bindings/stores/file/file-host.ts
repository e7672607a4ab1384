// The host over a directory in Node: it performs requests in their order, and keeps what each operation
// holds. The core decides what is requested and what a failure means (wasm/stores/file/file-store.h); the
// errors of the file system reach it unchanged.
import fs from "node:fs";
import { promisify } from "node:util";
import type { HostReply } from "../../boundary/host-reply.ts";
import { type HostRequest, verb } from "../../boundary/host-request.ts";
import { Semaphore } from "../../operation/concurrency.ts";
import type { Host, HostSession } from "../../operation/host.ts";
import { FileActions } from "./file-actions.ts";
import { FileDirectory } from "./file-directory.ts";
import { entriesOf, statsOf, Walk } from "./file-entries.ts";
import type { Lease } from "./lease.ts";

const unlink = promisify(fs.unlink);

// Files that are open at the same time. More would not make Node's four threads faster, and together they
// could use up the files that the whole process may open.
const maxOpenFiles = 64;

const decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });
const canceled: HostReply = { thrown: new Error("ECANCELED: a request before it has failed") };

/** What an operation holds: its locks, and the file with the value that it has written aside. */
type FileSession = HostSession & {
  /** The operation has ended or was given up: no further request begins for it. */
  isOver?: boolean;
  busy?: Promise<unknown>;
  locks?: Set<string> | undefined;
  aside?: string | undefined;
};

export class FileHost implements Host {
  readonly #directory: FileDirectory;
  readonly #actions: FileActions;
  readonly #walk: Walk;
  readonly #openFiles = new Semaphore(maxOpenFiles);
  readonly #sessions = new Set<FileSession>();
  #opening: Promise<HostReply> | null = null;
  #closing: Promise<void> | null = null;
  #whenIdle = () => {};

  /** `root` is absolute, so that the working directory of the process may change. */
  constructor(root: string, lease?: Lease) {
    this.#directory = new FileDirectory(root, lease);
    this.#actions = new FileActions(this.#directory);
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

  /** Waits for the operations that are under way: other processes must not take their owner for dead. */
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

  // The requests of one step are performed in order, and those after a failure are not performed. A write
  // begins at once: it disturbs nobody, because it only writes aside.
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
    const { root } = this.#directory;
    switch (request.verb) {
      case verb.read:
        return this.#openFiles.run(() => this.#actions.read(request));
      case verb.write:
        return this.#openFiles.run(() => this.#write(request, session));
      case verb.rename:
        await this.#confirm(session);
        await this.#actions.publish(request.key, session.aside ?? "");
        session.aside = undefined;
        await this.#actions.afterPublishing(request);
        return {};
      case verb.remove:
        await this.#confirm(session);
        await this.#actions.remove(request);
        return {};
      case verb.statMany:
        return { value: await statsOf(root, decoder.decode(request.value)) };
      case verb.scan: {
        const entries = await entriesOf(root);
        return { value: entries, number: Number(await this.#directory.isExpiring()) };
      }
      case verb.walk:
        return this.#walk.next(request.number);
      case verb.lock:
        return this.#lock(request, session);
      case verb.unlock:
        return this.#unlock(request.key, session);
      case verb.holders:
        return this.#actions.holders();
      case verb.open:
        // Operations that begin meanwhile wait for it, and continue in their order.
        this.#opening ??= this.#actions.open(request).finally(() => {
          this.#opening = null;
        });
        return this.#opening;
      default:
        throw new TypeError(`a directory has no verb ${request.verb}`);
    }
  }

  async #write(request: HostRequest, session: FileSession): Promise<HostReply> {
    const aside = this.#directory.temporary("value");
    session.aside = aside;
    await this.#actions.writeAside(aside, request);
    return {};
  }

  async #lock({ key, number }: HostRequest, session: FileSession): Promise<HostReply> {
    if (session.locks?.has(key)) return {};
    await this.#directory.locks.acquire(key, number, () => session.isOver === true);
    session.locks ??= new Set();
    session.locks.add(key);
    return {};
  }

  // A lock that this session does not hold may be that of another operation: it stays.
  async #unlock(key: string, session: FileSession): Promise<HostReply> {
    if (session.locks?.delete(key) === true) await this.#directory.locks.release(key);
    return {};
  }

  async #confirm({ locks = new Set() }: FileSession): Promise<void> {
    for (const name of locks) await this.#directory.locks.confirm(name);
  }

  // Requests that are under way may still need the locks, so they end first. A lock that cannot be removed
  // stays until the store is closed.
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
