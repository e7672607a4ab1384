// The object's side of an RPC: it takes a request's bytes and returns an answer's bytes. The core
// decides. A failure inside the object crosses as an answer too, so that the caller's core reads it
// unchanged.

import type { CallResult } from "../../boundary/call-result.ts";
import type { Instance } from "../../boundary/instance.ts";
import { objectCore } from "../../boundary/object-core.ts";
import { op } from "../../boundary/op.ts";
import {
  answerFrom,
  headFrom,
  type RemoteAnswer,
  type RemoteHead,
  type RemoteValue,
  valueFrom,
} from "../../boundary/remote-message.ts";
import { writeRemoteRequest } from "../../boundary/remote-request.ts";
import { writeRequest } from "../../boundary/request.ts";
import { run } from "../../operation/drive.ts";
import type { Host } from "../../operation/host.ts";
import { OpenStore } from "../../operation/open-store.ts";

const alarmDeadlineMs = 20_000;
// The platform drops an alarm whose handler has thrown six times, and then nothing would remove
// expired values.
const nextAlarmMs = 10_000;
const noBytes = new Uint8Array(0);

/** The answer for the caller, and whether `settle` must follow. */
export type Answered = { readonly answer: RemoteAnswer; readonly wantsFollowUp: boolean };

export class ObjectServer {
  readonly #store: OpenStore;
  readonly #host: Host;

  constructor(kind: "object" | "catalog", host: Host) {
    this.#store = new OpenStore(objectCore, { kind });
    this.#host = host;
  }

  /** Serves the object's alarm. If that fails, the alarm is set again. */
  async serveAlarm(storage: DurableObjectStorage): Promise<void> {
    const nowMs = Date.now();
    const deadlineMs = nowMs + alarmDeadlineMs;
    let isDone = false;
    try {
      isDone = await run<boolean>(
        {
          core: objectCore,
          host: this.#host,
          isWrite: true,
          deadlineMs,
          read: () => true,
          readFailure: () => false,
        },
        (instance) => {
          const store = this.#store.handle(instance);
          return writeRequest(
            instance,
            { op: op.objectAlarm, store, nowMs, deadlineMs },
            noBytes,
            {},
          );
        },
      );
    } finally {
      if (!isDone) await storage.setAlarm(Date.now() + nextAlarmMs);
    }
  }

  /** Serves one request; returns the answer at once if the storage answers at once. */
  serve(head: RemoteHead, value: RemoteValue, opNumber?: number): Answered | Promise<Answered> {
    const nowMs = Date.now();
    const operation = {
      core: objectCore,
      host: this.#host,
      isWrite: true,
      deadlineMs: nowMs,
      read: pack,
      readFailure: pack,
    };
    return run<Answered>(operation, (instance) => {
      const handle = this.#store.handle(instance);
      const written = writeRemoteRequest(instance, head, value, handle, nowMs, opNumber);
      operation.deadlineMs = written.deadlineMs;
      return written;
    });
  }

  /** Does the part of a write for which its caller need not wait. */
  async settle(head: RemoteHead): Promise<void> {
    await this.serve(head, null, op.objectSettle);
  }
}

/** The answer, or the failure, as the bytes that cross RPC. */
function pack(result: CallResult, instance: Instance): Answered {
  const { wantsFollowUp } = result;
  const value = result.isPresent ? valueFrom(result.valueView) : null;
  instance.guard((exports) => exports.kv_pack());
  return { answer: answerFrom(headFrom(result.headView), value), wantsFollowUp };
}
