// Runs the calls of one store: it checks the arguments' types, starts the operation in the core and has
// it driven to its end.
import type { CallResult } from "../boundary/call-result.ts";
import type { Instance } from "../boundary/instance.ts";
import { type OpName, op } from "../boundary/op.ts";
import { type RequestFields, writeRequest } from "../boundary/request.ts";
import { RoomRefused } from "../boundary/reserve.ts";
import type { Call } from "../contract/contract.ts";
import { defaultDeadlineMs } from "../contract/limits.ts";
import { writes } from "../contract/operations.ts";
import { type RecordUse, recordByte } from "../contract/record-use.ts";
import { wrongArgument } from "./argument-types.ts";
import { follow } from "./drive.ts";
import type { Host } from "./host.ts";
import { closedHandle, type OpenStore } from "./open-store.ts";
import { operationErrorOf } from "./operation-failed.ts";
import { explained, refusal, storeError } from "./store-error.ts";

const encoder = new TextEncoder();
const noBytes = new Uint8Array(0);

export class StoreCalls {
  readonly store: OpenStore;
  readonly host: Host;
  readonly keyNamespace: string;
  /** Whether these calls fail with `CLOSED`; the store may still be open for others. */
  isClosed = false;
  readonly #nameSpace: Uint8Array;

  /** Throws `INVALID_ARGUMENT` if the namespace is not well-formed. */
  constructor(store: OpenStore, host: Host, keyNamespace: string) {
    this.store = store;
    this.host = host;
    this.keyNamespace = keyNamespace;
    // Encoded, an unpaired surrogate would become a character that another namespace may have.
    if (!keyNamespace.isWellFormed()) {
      throw storeError(store.name, "open", null, {
        code: "INVALID_ARGUMENT",
        message: "the namespace holds an unpaired surrogate",
        hint: "pass well-formed text",
        retryable: false,
      });
    }
    this.#nameSpace = keyNamespace === "" ? noBytes : encoder.encode(keyNamespace);
  }

  /** Runs one operation. `read` takes the answer from the result before anything else is called. */
  run<T>(
    name: OpName,
    given: RequestFields,
    call: (Call & RecordUse) | undefined,
    read: (result: CallResult) => T,
  ): Promise<T> {
    const wrong = wrongArgument(this.store.name, name, given);
    if (wrong !== null) return Promise.reject(wrong);
    const fields = call?.record === undefined ? given : { ...given, record: recordByte(call) };
    const nowMs = Date.now();
    const deadlineMs = nowMs + milliseconds(call?.deadlineMs);
    const signal = call?.signal ?? undefined;
    if (signal !== undefined && (typeof signal.addEventListener !== "function" || signal.aborted)) {
      return Promise.reject(this.#refuseSignal(name, fields.key, signal));
    }
    const { instance } = this.store.core;
    try {
      const store = this.isClosed ? closedHandle : this.store.handle(instance);
      const head = { op: op[name], store, nowMs, deadlineMs };
      const { address, bytes } = writeRequest(instance, head, this.#nameSpace, fields);
      const result = instance.start(address, bytes);
      // A store that answers at once needs no drive loop.
      if (result.isAnswer) return Promise.resolve(read(result));
    } catch (error) {
      if (!(error instanceof RoomRefused)) {
        return Promise.reject(
          this.#explain(name, fields.key, operationErrorOf(error, writes.has(name))),
        );
      }
    }
    return this.#follow(name, fields, deadlineMs, signal, read, instance);
  }

  #follow<T>(
    name: OpName,
    fields: RequestFields,
    deadlineMs: number,
    signal: AbortSignal | undefined,
    read: (result: CallResult) => T,
    instance: Instance,
  ): Promise<T> {
    const { core } = this.store;
    const isWrite = writes.has(name);
    const explain = (failure: unknown) => this.#explain(name, fields.key, failure);
    try {
      const { host } = this;
      const ownKey = this.keyNamespace + (fields.key ?? "");
      const ownText = typeof fields.value === "string" ? fields.value : undefined;
      const answer = follow(
        { core, host, isWrite, deadlineMs, signal, ownKey, ownText, read, explain },
        instance,
      );
      return answer instanceof Promise ? answer : Promise.resolve(answer);
    } catch (error) {
      return Promise.reject(explain(error));
    }
  }

  #refuseSignal(name: OpName, key: string | undefined, signal: AbortSignal): unknown {
    const store = this.store.name;
    if (typeof signal.addEventListener !== "function") {
      return refusal(store, name, key, "INVALID_ARGUMENT", "the signal is not an AbortSignal");
    }
    return refusal(store, name, key, "TIMEOUT", "the call was aborted", signal.reason);
  }

  #explain(name: OpName, key: string | undefined, error: unknown): unknown {
    return explained(this.store.name, name, key, error);
  }
}

/** NaN for anything but a number: the core refuses it. */
function milliseconds(deadlineMs: number | undefined): number {
  if (deadlineMs === undefined) return defaultDeadlineMs;
  return typeof deadlineMs === "number" ? deadlineMs : Number.NaN;
}
