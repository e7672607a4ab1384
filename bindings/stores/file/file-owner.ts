// The owner of locks and temporary files in a directory: one open store of one process. A file
// names it, and each of its locks is a link to that file (file-locks.ts). A socket beside the file
// shows that the owner lives (life-sign.ts).
//
//   .kvista/tmp/new.OWNER     while the socket is being made
//   .kvista/tmp/own.OWNER     and own-2.OWNER and so on, when there are more locks than links to a file
//   .kvista/tmp/live.ID       the socket
//
//   owner  = id "." device "." name    the content of those files
//   id     = 16HEXDIG
//   device = *DIGIT                    the number of the file system in the owner's kernel; empty if
//                                      the file system has no sockets, and so no life sign
//   name:    process-name.ts
//
// A socket that nobody answers proves that its owner is dead only on one kernel and one mounted
// file system. If two containers have each mounted a network disk, it has two numbers.
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import { lstat, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import type { Server } from "node:net";
import { promisify } from "node:util";
import { errnoOf } from "./errno.ts";
import { showLife, signOf } from "./life-sign.ts";
import { type Fate, fateOfProcess, isOfThisKernel, ownName } from "./process-name.ts";

const link = promisify(fs.link);

export class FileOwner {
  readonly #directory: string;
  readonly #servers: Server[] = [];
  #name = "";
  #device = 0;
  // New links are to the last one.
  #paths: string[] = [];
  #adding: Promise<void> | null = null;

  /** `directory` is the one of the temporary files. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** The owner's name by the grammar above; empty before `open`. */
  get name(): string {
    return this.#name;
  }

  /**
   * Makes the files; makes them with another name if somebody has removed them. REQUIRES: the
   * directory exists.
   */
  async open(): Promise<void> {
    if (await this.#isThere()) return;
    const id = randomBytes(8).toString("hex");
    this.#device = (await stat(this.#directory)).dev;
    let name = `${id}.${this.#device}.${ownName}`;
    const fresh = `${this.#directory}/new.${name}`;
    // Synced, because a lock is a link to it, and must name its owner also after a loss of power.
    await writeFile(fresh, name, { flush: true, flag: "wx" });
    try {
      const server = await showLife(this.#directory, `live.${id}`);
      if (server === null) {
        name = `${id}..${ownName}`;
        await writeFile(fresh, name, { flush: true });
      } else {
        this.#servers.push(server);
      }
      const own = `${this.#directory}/own.${name}`;
      await rename(fresh, own);
      this.#name = name;
      this.#paths.push(own);
    } catch (thrown) {
      await rm(fresh, { force: true });
      throw thrown;
    }
  }

  /** Makes the path a link to the owner's file. */
  async linkTo(path: string): Promise<void> {
    for (;;) {
      const own = this.#paths.at(-1) ?? "";
      try {
        return await link(own, path);
      } catch (thrown) {
        if (errnoOf(thrown) !== "EMLINK") throw thrown;
      }
      if (this.#paths.at(-1) !== own) continue;
      this.#adding ??= this.#add().finally(() => {
        this.#adding = null;
      });
      await this.#adding;
    }
  }

  /** Sets the time of the files, and so of all the locks, to now. A file that is gone is skipped. */
  async touch(): Promise<void> {
    const now = Date.now() / 1000;
    const touchOne = (path: string) =>
      utimes(path, now, now).catch((thrown) => {
        if (errnoOf(thrown) !== "ENOENT") throw thrown;
      });
    await Promise.all(this.#paths.map(touchOne));
  }

  /**
   * Removes the files. Those that cannot be removed are left for the next process that opens the
   * directory.
   */
  async close(): Promise<void> {
    const [id] = this.#name.split(".");
    // The server itself removes its socket only if the path is short.
    const paths = [...this.#paths, `${this.#directory}/live.${id}`];
    this.#paths = [];
    for (const path of paths) await rm(path, { force: true }).catch(() => {});
    for (const server of this.#servers.splice(0)) server.close();
  }

  /** The fate of another owner. `isStarting`: it may not have made its socket yet. */
  async fateOf(owner: string, isStarting = false): Promise<Fate> {
    const [, id, device, name = ""] = /^([0-9a-f]{16})\.(\d*)\.(.*)$/s.exec(owner) ?? [];
    if (id !== undefined && device !== "") {
      const sign = await signOf(this.#directory, `live.${id}`);
      if (sign === "shown") return "alive";
      const isHere = Number(device) === this.#device && isOfThisKernel(name);
      if (isHere && (sign === "ended" || (sign === "absent" && !isStarting))) return "dead";
    }
    return fateOfProcess(name);
  }

  /** Removes the file of that name, among the temporary ones, if its owner is dead. */
  async removeIfLeft(file: string): Promise<void> {
    const dot = file.indexOf(".");
    const [label, owner] = [file.slice(0, dot), file.slice(dot + 1)];
    // The socket is removed together with the file that names its owner.
    if (label === "live") return;
    if ((await this.fateOf(owner, label === "new")) !== "dead") return;
    const [id] = owner.split(".");
    if (/^(new|own)$/.test(label)) await rm(`${this.#directory}/live.${id}`, { force: true });
    await rm(`${this.#directory}/${file}`, { force: true });
  }

  async #isThere(): Promise<boolean> {
    const path = this.#paths.at(-1);
    if (path === undefined) return false;
    const [id, device] = this.#name.split(".");
    const needed = device === "" ? [path] : [path, `${this.#directory}/live.${id}`];
    const found = await Promise.all(needed.map((one) => lstat(one).catch(() => null)));
    return !found.includes(null);
  }

  async #add(): Promise<void> {
    const path = `${this.#directory}/own-${this.#paths.length + 1}.${this.#name}`;
    await writeFile(path, this.#name, { flush: true, flag: "wx" });
    this.#paths.push(path);
  }
}
