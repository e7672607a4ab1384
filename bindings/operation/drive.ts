// The drive loop: performs what an operation asks of its host and resumes it with the replies, until
// it ends. It decides nothing but how long to wait: the deadline is kept here, because only JavaScript
// has a clock that runs while nothing happens.
//
// I/O belongs to the request that started it, so each operation is driven by the call that made it
// and never by another's callback.

import type { Failure } from "../boundary/call-result.ts";
import { type CallResult, resultKind } from "../boundary/call-result.ts";
import type { HostReply } from "../boundary/host-reply.ts";
import { writeReplies } from "../boundary/host-reply.ts";
import type { HostRequest, OwnTexts } from "../boundary/host-request.ts";
import { verb } from "../boundary/host-request.ts";
import { type Core, type Instance, InstanceLost } from "../boundary/instance.ts";
import { scratchBytes } from "../boundary/linear-memory.ts";
import { type MemoryRange, RoomRefused } from "../boundary/reserve.ts";
import { codes, type KvErrorCode } from "../contract/errors.ts";
import { longestTimerMs } from "./deadline-timer.ts";
import { type Impatient, Patience } from "./patience.ts";

/** What one operation keeps with its host, for example a lock. */
export type HostSession = { release?: () => void };

/**
 * Performs requests: all of one call at the same time, as far as the backend allows. A failure is a
 * reply with `thrown`; a promise that never settles is cut off by the operation's deadline. `null` says
 * that all was carried out at once and that there is nothing to tell of it, which takes no replies.
 */
export interface Host {
  /**
   * Whether it takes what it needs of a request before it waits for anything. Then the requests are
   * views (`RequestView`), which copy nothing.
   */
  readonly readsAtOnce?: boolean;
  perform(
    requests: readonly HostRequest[],
    session: HostSession,
  ): readonly HostReply[] | null | Promise<readonly HostReply[]>;
}

/** An operation that ended with a failure. `cause` is the last thing that the host threw. */
export class OperationFailed extends Error {
  override readonly name = "OperationFailed";
  readonly failure: Failure;

  constructor(failure: Failure, cause?: unknown) {
    super(failure.message, { cause });
    this.failure = failure;
  }
}

export type Operation<T> = OwnTexts & {
  readonly core: Core;
  readonly host: Host;
  /** Whether it may change anything: what is told when its fate is not known depends on it. */
  readonly isWrite: boolean;
  readonly deadlineMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Takes the answer out of a successful outcome. */
  readonly read: (outcome: CallResult, instance: Instance) => T;
  /** What an awaited operation rejects with instead of that failure. */
  readonly explain?: (failure: unknown) => unknown;
  /** Takes the answer out of a failed outcome; without it, `OperationFailed` is thrown. */
  readonly readFailure?: (outcome: CallResult, instance: Instance) => T;
};

const encoder = new TextEncoder();

function lost(isWrite: boolean, cause: unknown): OperationFailed {
  const failure: Failure = isWrite
    ? {
        code: "OUTCOME_UNKNOWN",
        message: "the core was replaced after a fault while the write was under way",
        hint: "read the key to see which value it has, then decide",
        retryable: false,
      }
    : {
        code: "UNAVAILABLE",
        message: "the core was replaced after a fault",
        hint: "try again: the next operation has a new instance; please report the fault",
        retryable: true,
      };
  return new OperationFailed(failure, cause);
}

/** Turns what went wrong at the boundary into the failure that the caller is told. */
export function failureOf(error: unknown, isWrite: boolean): unknown {
  if (error instanceof InstanceLost) return lost(isWrite, error);
  return error;
}

/**
 * Runs an operation. The answer comes at once if the store or its host answers at once, else as a
 * promise; it throws, or rejects with, `OperationFailed`.
 */
export function run<T>(
  operation: Operation<T>,
  /** Writes the request into that instance, which then starts it. */
  write: (instance: Instance) => MemoryRange,
): T | Promise<T> {
  const { instance } = operation.core;
  try {
    const { address, bytes } = write(instance);
    instance.start(address, bytes);
  } catch (error) {
    if (error instanceof RoomRefused) return take(operation, instance, undefined);
    throw failureOf(error, operation.isWrite);
  }
  return follow(operation, instance);
}

/** Goes on with an operation that the instance has just started, as `run` does. */
export function follow<T>(operation: Operation<T>, instance: Instance): T | Promise<T> {
  if (instance.lastResult.kind === resultKind.answered) return take(operation, instance, undefined);
  return new Driver(operation, instance).advance();
}

/** The answer that the last call left; it throws if that is a failure and nobody reads failures. */
function take<T>(operation: Operation<T>, instance: Instance, cause: unknown): T {
  const outcome = instance.lastResult;
  if (!outcome.isFailed) return operation.read(outcome, instance);
  if (operation.readFailure !== undefined) return operation.readFailure(outcome, instance);
  throw new OperationFailed(outcome.failure, cause);
}

class Driver<T> implements HostSession, Impatient {
  readonly #operation: Operation<T>;
  readonly #instance: Instance;
  release?: () => void;
  #thrown: unknown;
  #sleeping: ReturnType<typeof setTimeout> | undefined;
  // From the first answer that is waited for.
  #resolve: (value: T) => void = () => {};
  #reject: (error: unknown) => void = () => {};
  #patience: Patience | undefined;
  #slot = 0;
  #sequence = 0;
  #asked = 0;
  #mayKeepText = false;
  #isOver = false;

  constructor(operation: Operation<T>, instance: Instance) {
    this.#operation = operation;
    this.#instance = instance;
  }

  /** Goes on from a suspended outcome for as long as the host answers at once. */
  advance(): T | Promise<T> {
    try {
      const later = this.#askOn();
      if (later !== null) return this.#continueLater(later);
      const answer = this.#end(this.#instance.lastResult);
      this.release?.();
      return answer;
    } catch (error) {
      this.release?.();
      throw failureOf(error, this.#operation.isWrite);
    }
  }

  /** Performs what is asked while the host answers at once; `null` when the operation has ended. */
  #askOn(): Promise<readonly HostReply[]> | null {
    for (;;) {
      const outcome = this.#instance.lastResult;
      if (outcome.kind !== resultKind.suspended) return null;
      this.#slot = outcome.slot;
      this.#sequence = outcome.sequence;
      const performed = this.#perform(outcome);
      if (performed instanceof Promise) return performed;
      if (performed === null) this.#instance.resumeDone(this.#slot, this.#sequence);
      else if (!this.#resume(this.#slot, this.#sequence, performed)) return null;
    }
  }

  #perform(outcome: CallResult): ReturnType<Host["perform"]> {
    const views = outcome.requests(this.#operation);
    const [first] = views;
    this.#asked = views.length;
    this.#mayKeepText = first?.mayKeepText === true;
    if (first?.verb === verb.sleep) {
      return new Promise((resolve) => {
        const delayMs = Math.min(first.number, longestTimerMs);
        this.#sleeping = setTimeout(() => resolve([{}]), delayMs);
      });
    }
    const { host } = this.#operation;
    const requests = host.readsAtOnce === true ? views : views.map((view) => view.copy());
    try {
      return host.perform(requests, this);
    } catch (thrown) {
      return this.#failed(thrown);
    }
  }

  /** The replies to what was asked last, if performing it failed as a whole. */
  #failed(thrown: unknown): HostReply[] {
    return Array.from({ length: this.#asked }, () => ({ thrown }));
  }

  // By callbacks rather than by awaiting a race: each of its promises would cost every operation.
  #continueLater(performed: Promise<readonly HostReply[]>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      const { deadlineMs, signal } = this.#operation;
      this.#patience = new Patience(this, deadlineMs, signal);
      this.#await(performed);
    });
  }

  #await(performed: Promise<readonly HostReply[]>): void {
    performed.then(
      (replies) => this.#onReplies(replies),
      (thrown) => this.#onReplies(this.#failed(thrown)),
    );
  }

  #onReplies(replies: readonly HostReply[]): void {
    if (this.#isOver) {
      // What the host grants from now on, nobody is there to give back.
      this.release?.();
      return;
    }
    try {
      const later = this.#resume(this.#slot, this.#sequence, replies) ? this.#askOn() : null;
      if (later === null) {
        this.#finish(this.#end(this.#instance.lastResult));
      } else {
        this.#await(later);
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  /** The caller waits no longer. */
  abandon(): void {
    const patience = this.#patience;
    if (this.#isOver || patience === undefined) return;
    try {
      this.#thrown = patience.cause ?? this.#thrown;
      this.#giveUp(this.#slot, this.#sequence, "TIMEOUT", patience.reason, patience.hint);
      this.#finish(this.#end(this.#instance.lastResult));
    } catch (error) {
      this.#fail(error);
    }
  }

  #finish(answer: T): void {
    this.#stop();
    this.#resolve(answer);
  }

  #fail(error: unknown): void {
    this.#stop();
    const failure = failureOf(error, this.#operation.isWrite);
    this.#reject(this.#operation.explain?.(failure) ?? failure);
  }

  #stop(): void {
    this.#isOver = true;
    this.#patience?.stop();
    clearTimeout(this.#sleeping);
    this.release?.();
  }

  /** False if the operation had to be given up instead; the outcome says how it ended. */
  #resume(slot: number, sequence: number, replies: readonly HostReply[]): boolean {
    for (const reply of replies) if ("thrown" in reply) this.#thrown = reply.thrown;
    const instance = this.#instance;
    if (instance.isLost) throw new InstanceLost("the core was replaced after a fault");
    let written: MemoryRange;
    try {
      written = writeReplies(instance, replies, this.#mayKeepText);
    } catch (error) {
      if (!(error instanceof RoomRefused)) throw error;
      const { code, message, hint } = instance.lastResult.failure;
      this.#giveUp(slot, sequence, code, message, hint);
      return false;
    }
    instance.guard((exports) =>
      exports.kv_resume(slot, sequence, written.address, written.bytes, Date.now()),
    );
    return true;
  }

  #end(outcome: CallResult): T {
    if (outcome.kind === resultKind.ignored) throw lost(this.#operation.isWrite, this.#thrown);
    return take(this.#operation, this.#instance, this.#thrown);
  }

  /** Ends the operation with that code, or with OUTCOME_UNKNOWN if a write is under way. */
  #giveUp(slot: number, sequence: number, code: KvErrorCode, reason: string, hint: string): void {
    const instance = this.#instance;
    const { scratch } = instance;
    const room = instance.bytes.subarray(scratch, scratch + scratchBytes);
    const said = encoder.encodeInto(reason, room).written;
    const hinted = encoder.encodeInto(hint, room.subarray(said)).written;
    const codeNumber = codes.indexOf(code) + 1;
    instance.guard((exports) =>
      exports.kv_give_up(slot, sequence, codeNumber, scratch, said, scratch + said, hinted),
    );
  }
}
