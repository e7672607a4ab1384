// Sends the GETs of one turn as one MGET, and its SETs as one MSET: most of what a small command costs is
// the client's own work for each. Only over one server, where both are atomic. They are sent in the order
// of the commands that they stand for, and what a caller is told is what its own command would have told:
//
// - An MGET gives nil for a key of another type as for an absent one. If one of those exists, then each of
//   them is asked for by GET, which may find what was written meanwhile.
// - What the server refuses only as a batch is sent as the commands it stands for, and no batch after it.
// - A batch of writes of which a proxy may have carried out a part counts as one whose reply was lost.
import type { HostReply } from "../../boundary/host-reply.ts";
import { replyOf, type Word } from "./redis-command.ts";

type Send = (words: readonly Word[]) => Promise<unknown>;

type Waiting = {
  readonly words: readonly Word[];
  resolve(reply: HostReply): void;
  reject(error: unknown): void;
};

const mostCommands = 100;
const mostValueCharacters = 256 * 1024;
// The replies to a batch of reads arrive as one: so many bytes, by the largest of late.
const mostReplyBytes = 1024 * 1024;
// The part of what is known of a large reply that each smaller one takes away.
const forgetting = 1 / 16;

// A command or one of the keys that the ACL forbids, keys of several slots, a renamed command. (Error
// texts: src/acl.c, src/cluster.c and src/server.c of Redis 7.)
const refusesBatches = /^NOPERM |^CROSSSLOT |unknown command/;
// Redis itself has no such error for an MSET; a proxy has, when it divided one and a part failed.
const maybeInPart = /^ERR /;

export class RedisBatcher {
  readonly #send: Send;
  #waiting: Waiting[] = [];
  #name = "";
  #characters = 0;
  #isRefused = false;
  // Until replies are known to be small, they are taken for large.
  #largestReply = mostReplyBytes;

  /** `send` gives a command to the client. It may be given the same words twice. */
  constructor(send: Send) {
    this.#send = send;
  }

  /** The reply to a command, which is sent in this turn. */
  send(words: readonly Word[]): Promise<HostReply> {
    const characters = this.#charactersOf(words);
    if (characters === null) {
      this.#flush();
      return this.#send(words).then(replyOf);
    }
    if (words[0] !== this.#name || !this.#hasRoom(characters)) this.#flush();
    if (this.#waiting.length === 0) {
      this.#name = words[0] as string;
      queueMicrotask(this.#flush);
    }
    this.#characters += characters;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ words, resolve, reject });
    });
  }

  /** Of its value; `null` if the command goes by itself. */
  #charactersOf(words: readonly Word[]): number | null {
    if (this.#isRefused) return null;
    const [name, , value] = words;
    if (name === "get") return 0;
    // A set with options is none of a batch; nor is a large value, which is no text.
    const isPlain = name === "set" && words.length === 3 && typeof value === "string";
    return isPlain ? value.length : null;
  }

  #hasRoom(characters: number): boolean {
    const count = this.#waiting.length;
    if (count >= mostCommands) return false;
    if (this.#name === "set") return this.#characters + characters <= mostValueCharacters;
    return (count + 1) * this.#largestReply <= mostReplyBytes;
  }

  readonly #flush = (): void => {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#characters = 0;
    if (waiting.length === 1) this.#sendEach(waiting);
    else if (waiting.length > 1) this.#sendTogether(waiting, this.#name === "get");
  };

  #sendEach(waiting: readonly Waiting[]): void {
    for (const { words, resolve, reject } of waiting) {
      this.#send(words).then((reply) => {
        if (words[0] === "get") this.#learn(reply);
        resolve(replyOf(reply));
      }, reject);
    }
  }

  #sendTogether(waiting: readonly Waiting[], areReads: boolean): void {
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

  #giveEach(waiting: readonly Waiting[], replies: unknown): void {
    const isWhole = Array.isArray(replies) && replies.length === waiting.length;
    const values: readonly unknown[] = isWhole ? replies : [];
    const nils: Waiting[] = [];
    for (let i = 0; i < waiting.length; i++) {
      const one = waiting[i] as Waiting;
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

  // Of those that all are absent one question tells.
  #lookForEach(nils: readonly Waiting[], wereAsked: boolean): void {
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

  #refuse(waiting: readonly Waiting[], areReads: boolean, error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    if (refusesBatches.test(text)) {
      this.#isRefused = true;
      this.#sendEach(waiting);
      return;
    }
    const told =
      !areReads && maybeInPart.test(text)
        ? Object.assign(error as Error, { sentAgain: true })
        : error;
    for (const { reject } of waiting) reject(told);
  }

  // The reply to a write, or that a key is absent, says nothing about values.
  #learn(value: unknown): void {
    if (!(value instanceof Uint8Array)) return;
    this.#largestReply = Math.max(value.length, this.#largestReply * (1 - forgetting));
  }
}
