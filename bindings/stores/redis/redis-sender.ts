// How a command is sent with a client of @redis/client, 5 or 6: what its client, pool, sentinel and cluster
// share. redis-host.ts and redis-cluster.ts hold what differs.
import type { HostReply } from "../../boundary/host-reply.ts";
import type { RequestView } from "../../boundary/host-request.ts";
import type { Word } from "./redis-command.ts";

export type SendOptions = { readonly typeMapping: object; readonly timeout?: number | undefined };

/** The parts of a client that are used, the same in both versions. */
export type Client = {
  readonly isOpen: boolean;
  readonly isReady: boolean;
  sendCommand(args: readonly Word[], options: SendOptions): Promise<unknown>;
};

/** Sends commands with one kind of client. */
export type Sender = {
  readonly isCluster: boolean;
  send(request: RequestView): Promise<HostReply>;
  nodes(): readonly string[];
};

// Texts are returned as bytes, and a map as its keys and values in turn, whatever the client's own mapping
// says. The numbers are the marks of RESP's types: $ + = %. It is a function because a Worker may have no
// Buffer.
const typeMapping = () => ({ 36: Buffer, 43: Buffer, 61: Buffer, 37: Array });
export const direct = (): SendOptions => ({ typeMapping: typeMapping(), timeout: undefined });
// A command that is not written after this many milliseconds fails unsent; otherwise the queue of a client
// that cannot connect would keep it for ever.
export const queued = (): SendOptions => ({ typeMapping: typeMapping(), timeout: 1000 });

class NotReady extends Error {
  override readonly name = "NotReady";
}

type Trouble = Error & { readonly code?: string; readonly errors?: readonly Error[] };

type Refusals = { closed(): Error; notReady(): Error; forget(): void };

/** The errors of a client that cannot be used now, each with the last error of its connection. */
export function refusalsOf(client: unknown): Refusals {
  let last = "";
  const emitter = client as { on?(event: string, listen: (error: Trouble | string) => void): void };
  emitter.on?.("error", (error) => {
    last = `: ${textOf(error)}`;
  });
  const forget = () => {
    last = "";
  };
  emitter.on?.("ready", forget);
  return {
    // A client that could never connect may look like a closed one.
    closed: () => new Error(`the client is closed and was not asked${last}`),
    notReady: () => new NotReady(`not connected${last}`),
    /** The connection works again. Only a pool needs this call: it has no event for it. */
    forget,
  };
}

function textOf(error: Trouble | string): string {
  if (typeof error === "string") return error;
  return error.message || (error.errors?.[0]?.message ?? error.code ?? error.name);
}

/** `_pause` is not part of the client's API. Version 5.9 has it, which is the oldest that we support. */
type Pausable = {
  on?(event: "reconnecting" | "connect", listen: () => void): unknown;
  _pause?(): void;
  _unpause?(): void;
};

const kept = new WeakSet<object>();

/**
 * Keeps the replies of a client of version 5 in step with its commands; a second call does nothing.
 *
 * Between the loss of a connection and the next one, version 5 may still take commands off its queue, for
 * the socket that is gone. Then it counts the replies to the greeting of the new connection as theirs, and
 * each later reply as that of an earlier command: a read would get the value of another key. While the
 * client is paused, it takes no command. (Version 6 checks that the socket is writable.)
 */
export function keepInStep(client: object): void {
  if (kept.has(client)) return;
  kept.add(client);
  const emitter = client as Pausable;
  emitter.on?.("reconnecting", () => emitter._pause?.());
  emitter.on?.("connect", () => emitter._unpause?.());
}
