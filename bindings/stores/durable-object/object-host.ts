// The host of an object that holds one key: the object's storage as cells, which answers at once,
// its lock, and calls to the shards of the catalog. The core decides what the cells hold
// (wasm/stores/durable-object/object.h).

import type { HostReply } from "../../boundary/host-reply.ts";
import type { RequestView } from "../../boundary/host-request.ts";
import { verb } from "../../boundary/host-request.ts";
import { cellFrom, replyFromCell } from "../../boundary/remote-message.ts";
import type { RemoteNamespace } from "../../contract/platform.ts";
import type { Host, HostSession } from "../../operation/host.ts";
import { DurableObjectHost } from "./durable-object-host.ts";
import { ObjectLock } from "./object-lock.ts";

const done: HostReply = {};

export class ObjectHost implements Host {
  readonly takesViews = true;
  readonly #storage: DurableObjectStorage;
  readonly #calls: DurableObjectHost;
  readonly #lock = new ObjectLock();

  constructor(storage: DurableObjectStorage, catalog: RemoteNamespace) {
    this.#storage = storage;
    this.#calls = new DurableObjectHost(catalog, catalog);
  }

  perform(
    requests: readonly RequestView[],
    session: HostSession,
  ): HostReply[] | null | Promise<HostReply[]> {
    switch (requests[0]?.verb) {
      case verb.lock:
        return this.#acquire(requests[0].number, session);
      case verb.call:
        return this.#calls.perform(requests);
      case verb.empty:
        return this.#empty();
      default:
        return this.#change(requests);
    }
  }

  // The platform commits all writes of one turn together, if nothing is awaited between them.
  #change(requests: readonly RequestView[]): HostReply[] | null {
    const [only] = requests;
    if (only !== undefined && requests.length === 1) {
      const reply = this.#changeOne(only);
      return reply === done ? null : [reply];
    }
    return this.#storage.transactionSync(() => requests.map((one) => this.#changeOne(one)));
  }

  #changeOne(request: RequestView): HostReply {
    const { kv } = this.#storage;
    switch (request.verb) {
      case verb.read:
        return replyFromCell(kv.get(request.key));
      case verb.write:
        kv.put(request.key, cellFrom(request));
        return done;
      case verb.remove:
        kv.delete(request.key);
        return done;
      case verb.setAlarm:
        // Not awaited, so that it belongs to the same commit; the output gate waits for it.
        void this.#storage.setAlarm(request.number);
        return done;
      default:
        throw new TypeError(`an object's storage has no verb ${request.verb}`);
    }
  }

  async #acquire(untilMs: number, session: HostSession): Promise<HostReply[]> {
    session.release = await this.#lock.acquire(untilMs);
    return [{}];
  }

  async #empty(): Promise<HostReply[]> {
    // In this order, and with nothing awaited between: an alarm that is left over finds nothing and
    // ends, but values that are left over without an alarm would stay. Before compatibility date
    // 2026-02-24, `deleteAll` leaves the alarm.
    await Promise.all([this.#storage.deleteAll(), this.#storage.deleteAlarm()]);
    return [{}];
  }
}
