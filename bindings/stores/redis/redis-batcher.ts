// Sends the GETs of one turn as one MGET, and its SETs as one MSET: most of the cost of a small
// command is the client's own work for it. It does so only with one server, where both are atomic.
// Batches keep the order of the commands that they replace, and each caller gets the reply of its
// own command:
//
// - MGET returns nil for a key of another type, as for an absent key. If one of those keys exists,
//   each is read again by GET, which may return a value that was written meanwhile.
// - If the server refuses a batch as a batch, its commands are sent one by one, and no batch is
//   sent after it.
// - If a proxy may have carried out a part of a batch of writes, the batch counts as one whose
//   reply was lost.
import type { HostReply } from "../../boundary/host-reply.ts";
import { replyOf, type Word } from "./redis-command.ts";

type Send = (words: readonly Word[]) => Promise<unknown>;

type PendingCommand = {
  readonly words: readonly Word[];
  resolve(reply: HostReply): void;
  reject(error: unknown): void;
};

const maxCommands = 100;
const maxValueCharacters = 256 * 1024;
// The reply to a batch of reads should not exceed this many bytes, judged by the largest of the
// recent values.
const maxReplyBytes = 1024 * 1024;
// Each smaller value reduces the remembered size by this part.
const decay = 1 / 16;

// The ACL forbids the command or a key, the keys have several slots, or the command was renamed.
// (Error texts: src/acl.c, src/cluster.c and src/server.c of Redis 7.)
const batchRefused = /^NOPERM |^CROSSSLOT |unknown command/;
// Redis itself never fails an MSET so; a proxy does, when it has divided one and a part has failed.
const maybeInPart = /^ERR /;

export class RedisBatcher {
  readonly #send: Send;
  #pending: PendingCommand[] = [];
  #name = "";
  #characters = 0;
  #isRefused = false;
  // Values count as large until smaller ones have been read.
  #largestReply = maxReplyBytes;

  /** `send` gives a command to the client. It may be called twice with the same words. */
  constructor(send: Send) {
    this.#send = send;
  }

  /** Sends a command in this turn; settles with its reply. */
  send(words: readonly Word[]): Promise<HostReply> {
    const characters = this.#charactersOf(words);
    if (characters === null) {
      this.#flush();
      return this.#send(words).then(replyOf);
    }
    if (words[0] !== this.#name || !this.#hasRoom(characters)) this.#flush();
    if (this.#pending.length === 0) {
      this.#name = words[0] as string;
      queueMicrotask(this.#flush);
    }
    this.#characters += characters;
    return new Promise((resolve, reject) => {
      this.#pending.push({ words, resolve, reject });
    });
  }

  /** The length of the command's value; `null` if the command must go alone. */
  #charactersOf(words: readonly Word[]): number | null {
    if (this.#isRefused) return null;
    const [name, , value] = words;
    if (name === "get") return 0;
    // A SET with options cannot be part of an MSET. A large value goes alone: it is bytes and not text.
    const isPlain = name === "set" && words.length === 3 && typeof value === "string";
    return isPlain ? value.length : null;
  }

  #hasRoom(characters: number): boolean {
    const count = this.#pending.length;
    if (count >= maxCommands) return false;
    if (this.#name === "set") return this.#characters + characters <= maxValueCharacters;
    return (count + 1) * this.#largestReply <= maxReplyBytes;
  }

  readonly #flush = (): void => {
    const waiting = this.#pending;
    this.#pending = [];
    this.#characters = 0;
    if (waiting.length === 1) this.#sendEach(waiting);
    else if (waiting.length > 1) this.#sendTogether(waiting, this.#name === "get");
  };

  #sendEach(waiting: readonly PendingCommand[]): void {
    for (const { words, resolve, reject } of waiting) {
      this.#send(words).then((reply) => {
        if (words[0] === "get") this.#learn(reply);
        resolve(replyOf(reply));
      }, reject);
    }
  }

  #sendTogether(waiting: readonly PendingCommand[], areReads: boolean): void {
    const words: Word[] = [areReads ? "mget" : "mset"];
    for (const one of waiting) {
      words.push(one.words[1] as Word);
      if (!areReads) words.push(one.words[2] as Word);
    }
    this.#send(words).then(
      (reply) => {
        if (areReads) this.#giveEach(waiting, reply);
        else for (const { resolve } of waiting) resolve(replyOf(reply));
      },
      (error) => this.#refuse(waiting, areReads, error),
    );
  }

  #giveEach(waiting: readonly PendingCommand[], replies: unknown): void {
    const isWhole = Array.isArray(replies) && replies.length === waiting.length;
    const values: readonly unknown[] = isWhole ? replies : [];
    const nils: PendingCommand[] = [];
    for (let i = 0; i < waiting.length; i++) {
      const one = waiting[i] as PendingCommand;
      const value = values[i] ?? null;
      if (value === null) {
        nils.push(one);
      } else {
        this.#learn(value);
        one.resolve(replyOf(value));
      }
    }
    if (nils.length > 0) this.#lookForEach(nils, isWhole);
  }

  // If all of the keys are absent, which is usual, one EXISTS shows it.
  #lookForEach(nils: readonly PendingCommand[], wereAsked: boolean): void {
    const names = nils.map(({ words }) => words[1] as Word);
    const count = wereAsked ? this.#send(["exists", ...names]) : Promise.resolve(nils.length);
    count.then(
      (there) => {
        if (Number(there) > 0) this.#sendEach(nils);
        else for (const { resolve } of nils) resolve(replyOf(null));
      },
      () => this.#sendEach(nils),
    );
  }

  #refuse(waiting: readonly PendingCommand[], areReads: boolean, error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    if (batchRefused.test(text)) {
      this.#isRefused = true;
      this.#sendEach(waiting);
      return;
    }
    const reported =
      !areReads && maybeInPart.test(text)
        ? Object.assign(error as Error, { sentAgain: true })
        : error;
    for (const { reject } of waiting) reject(reported);
  }

  // Only a value shows how large values are: the reply to a write, and nil for an absent key, do not.
  #learn(value: unknown): void {
    if (!(value instanceof Uint8Array)) return;
    this.#largestReply = Math.max(value.length, this.#largestReply * (1 - decay));
  }
}
