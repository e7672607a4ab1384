// What sends a command by one kind of client of @redis/client, 5 or 6, and what all of these share.
import type { HostReply } from "../../boundary/host-reply.ts";
import type { RequestView } from "../../boundary/host-request.ts";
import type { Word } from "./redis-reply.ts";

export type Options = { readonly typeMapping: object; readonly timeout?: number | undefined };

/** The parts of a client that are used, the same in both versions. */
export type Client = {
  readonly isOpen: boolean;
  readonly isReady: boolean;
  sendCommand(args: readonly Word[], options: Options): Promise<unknown>;
};

/** How one kind of client sends a command. */
export type Sender = {
  readonly isCluster: boolean;
  send(request: RequestView): Promise<HostReply>;
  nodes(): readonly string[];
};

// Texts come as bytes, whatever the client's own mapping, and a map as its keys and values in turn.
// The numbers are RESP's types, by their marks: $ + = %. (A Worker may have no Buffer.)
const typeMapping = () => ({ 36: Buffer, 43: Buffer, 61: Buffer, 37: Array });
export const direct = (): Options => ({ typeMapping: typeMapping(), timeout: undefined });
// A command that could not be written by then was not sent: its queue would keep it for ever.
export const queued = (): Options => ({ typeMapping: typeMapping(), timeout: 1000 });

class NotReady extends Error {
  override readonly name = "NotReady";
}

type Trouble = Error & { readonly code?: string; readonly errors?: readonly Error[] };

type Refusals = { closed(): Error; notReady(): Error; forget(): void };

/** Why a client cannot be asked, with the last thing that it said of its connection. */
export function refusalsOf(client: unknown): Refusals {
  let last = "";
  const emitter = client as { on?(event: string, listen: (error: Trouble | string) => void): void };
  emitter.on?.("error", (error) => {
    last = `: ${told(error)}`;
  });
  const forget = () => {
    last = "";
  };
  emitter.on?.("ready", forget);
  return {
    // One that could not connect at all may be as one that was closed.
    closed: () => new Error(`the client is closed and was not asked${last}`),
    notReady: () => new NotReady(`not connected${last}`),
    /** It is connected again; a pool tells nobody. */
    forget,
  };
}

function told(error: Trouble | string): string {
  if (typeof error === "string") return error;
  return error.message || (error.errors?.[0]?.message ?? error.code ?? error.name);
}
