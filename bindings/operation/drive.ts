// The drive loop: it performs what an operation asks of its host and resumes the operation with the
// replies, until the operation ends. It decides nothing except how long to wait (cancellation.ts).
//
// I/O belongs to the request that started it. So the call that made an operation drives it, and the
// callback of another operation never does.
import { type CallResult, resultKind } from "../boundary/call-result.ts";
import { type HostReply, writeReplies } from "../boundary/host-reply.ts";
import { type OwnTexts, verb } from "../boundary/host-request.ts";
import { type Core, type Instance, InstanceLost } from "../boundary/instance.ts";
import { scratchBytes } from "../boundary/linear-memory.ts";
import { type MemoryRange, RoomRefused } from "../boundary/reserve.ts";
import { codes, type KvErrorCode } from "../contract/errors.ts";
import { longestTimerMs } from "../contract/limits.ts";
import { type Cancellable, Cancellation } from "./cancellation.ts";
import type { Host, HostSession } from "./host.ts";
import { instanceLost, OperationFailed, operationErrorOf } from "./operation-failed.ts";

export type Operation<T> = OwnTexts & {
  readonly core: Core;
  readonly host: Host;
  /** Whether it may change anything: then a loss of the instance leaves its outcome unknown. */
  readonly isWrite: boolean;
  /** Unix milliseconds. */
  readonly deadlineMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Reads the answer of an operation that succeeded. */
  readonly read: (result: CallResult, instance: Instance) => T;
  /** Converts a failure into the error that the operation's promise rejects with. */
  readonly explain?: (failure: unknown) => unknown;
  /** Reads an answer from a failure; without it, the operation fails with `OperationFailed`. */
  readonly readFailure?: (result: CallResult, instance: Instance) => T;
};

const encoder = new TextEncoder();

/**
 * Runs an operation. Returns the answer if the store and its host answer at once, else a promise of it.
 * Throws `OperationFailed`, or rejects with it.
 */
export function run<T>(
  operation: Operation<T>,
  /** Writes the request into that instance. */
  write: (instance: Instance) => MemoryRange,
): T | Promise<T> {
  const { instance } = operation.core;
  try {
    const { address, bytes } = write(instance);
    instance.start(address, bytes);
  } catch (error) {
    if (error instanceof RoomRefused) return take(operation, instance, undefined);
    throw operationErrorOf(error, operation.isWrite);
  }
  return follow(operation, instance);
}

/** Drives an operation that the instance has just started to its end, as `run` does. */
export function follow<T>(operation: Operation<T>, instance: Instance): T | Promise<T> {
  if (instance.lastResult.kind === resultKind.answered) return take(operation, instance, undefined);
  return new Driver(operation, instance).advance();
}

/** Reads the answer of the last call; throws if it is a failure and nobody reads failures. */
function take<T>(operation: Operation<T>, instance: Instance, cause: unknown): T {
  const result = instance.lastResult;
  if (!result.isFailed) return operation.read(result, instance);
  if (operation.readFailure !== undefined) return operation.readFailure(result, instance);
  throw new OperationFailed(result.failure, cause);
}

class Driver<T> implements HostSession, Cancellable {
  readonly #operation: Operation<T>;
  readonly #instance: Instance;
  release?: () => void;
  #thrown: unknown;
  #sleeping: ReturnType<typeof setTimeout> | undefined;
  // These four are set when the driver waits for the host for the first time.
  #resolve: (value: T) => void = () => {};
  #reject: (error: unknown) => void = () => {};
  #cancellation: Cancellation | undefined;
  #slot = 0;
  #sequence = 0;
  #requestCount = 0;
  #mayKeepText = false;
  #isOver = false;

  constructor(operation: Operation<T>, instance: Instance) {
    this.#operation = operation;
    this.#instance = instance;
  }

  /** Drives the suspended operation for as long as the host answers at once. */
  advance(): T | Promise<T> {
    try {
      const later = this.#performSteps();
      if (later !== null) return this.#continueLater(later);
      const answer = this.#end(this.#instance.lastResult);
      this.release?.();
      return answer;
    } catch (error) {
      this.release?.();
      throw operationErrorOf(error, this.#operation.isWrite);
    }
  }

  /** Performs step after step; returns the first replies that must be awaited, or `null` at the end. */
  #performSteps(): Promise<readonly HostReply[]> | null {
    for (;;) {
      const result = this.#instance.lastResult;
      if (result.kind !== resultKind.suspended) return null;
      this.#slot = result.slot;
      this.#sequence = result.sequence;
      const performed = this.#perform(result);
      if (performed instanceof Promise) return performed;
      if (performed === null) this.#instance.resumeDone(this.#slot, this.#sequence);
      else if (!this.#resume(this.#slot, this.#sequence, performed)) return null;
    }
  }

  #perform(result: CallResult): ReturnType<Host["perform"]> {
    const views = result.requests(this.#operation);
    const [first] = views;
    this.#requestCount = views.length;
    this.#mayKeepText = first?.mayKeepText === true;
    if (first?.verb === verb.sleep) {
      return new Promise((resolve) => {
        const delayMs = Math.min(first.number, longestTimerMs);
        this.#sleeping = setTimeout(() => resolve([{}]), delayMs);
      });
    }
    const { host } = this.#operation;
    const requests = host.takesViews === true ? views : views.map((view) => view.copy());
    try {
      return host.perform(requests, this);
    } catch (thrown) {
      return this.#failed(thrown);
    }
  }

  /** The replies to the last requests if the host threw: all of them failed. */
  #failed(thrown: unknown): HostReply[] {
    return Array.from({ length: this.#requestCount }, () => ({ thrown }));
  }

  // With callbacks: an awaited race would cost each operation several promises.
  #continueLater(performed: Promise<readonly HostReply[]>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      const { deadlineMs, signal } = this.#operation;
      this.#cancellation = new Cancellation(this, deadlineMs, signal);
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
      // The operation is over: whatever the host has granted since is given back.
      this.release?.();
      return;
    }
    try {
      const later = this.#resume(this.#slot, this.#sequence, replies) ? this.#performSteps() : null;
      if (later === null) {
        this.#finish(this.#end(this.#instance.lastResult));
      } else {
        this.#await(later);
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  cancel(): void {
    const cancellation = this.#cancellation;
    if (this.#isOver || cancellation === undefined) return;
    try {
      this.#thrown = cancellation.cause ?? this.#thrown;
      const { reason, hint } = cancellation;
      this.#giveUp(this.#slot, this.#sequence, "TIMEOUT", reason, hint);
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
    const failure = operationErrorOf(error, this.#operation.isWrite);
    this.#reject(this.#operation.explain?.(failure) ?? failure);
  }

  #stop(): void {
    this.#isOver = true;
    this.#cancellation?.stop();
    clearTimeout(this.#sleeping);
    this.release?.();
  }

  /** Returns false if the core had no room for the replies: then the operation was given up. */
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

  #end(result: CallResult): T {
    if (result.kind === resultKind.ignored)
      throw instanceLost(this.#operation.isWrite, this.#thrown);
    return take(this.#operation, this.#instance, this.#thrown);
  }

  /** Ends the operation with that code; the core makes it OUTCOME_UNKNOWN if a write is under way. */
  #giveUp(slot: number, sequence: number, code: KvErrorCode, reason: string, hint: string): void {
    const instance = this.#instance;
    const { scratch } = instance;
    const room = instance.bytes.subarray(scratch, scratch + scratchBytes);
    const reasonBytes = encoder.encodeInto(reason, room).written;
    const hintBytes = encoder.encodeInto(hint, room.subarray(reasonBytes)).written;
    const codeNumber = codes.indexOf(code) + 1;
    instance.guard((exports) =>
      exports.kv_give_up(
        slot,
        sequence,
        codeNumber,
        scratch,
        reasonBytes,
        scratch + reasonBytes,
        hintBytes,
      ),
    );
  }
}
