// The base class of the two classes of objects that hold a record: the record, and the listeners
// for its events. Its methods are those that Uploadista's clients call.
//
// Storage: one value with the name "record", stored as a structured clone, so that dates stay
// dates. A SQLite-backed object takes 2 MB, an older one 128 KiB; a larger record is refused, and
// nothing is written. Nothing else is stored. Deleting the record leaves nothing, so that the
// object ceases to exist.
//
// A listener connects with a WebSocket: a request with `Upgrade: websocket` to the object's
// `fetch`. The Worker checks whether it may before it forwards the request. The listener receives
// each event as a text:
//
//   message = the event itself, if it is text
//           / {"type":TYPE,"payload":EVENT,"timestamp":ISO-8601}    as core's own emitters have it
//   TYPE    = "upload_event" / "flow_event"
//
// Messages from listeners are ignored. Between events the object may hibernate; the connections stay open.
import { DurableObject } from "cloudflare:workers";

const name = "record";
const normalClosure = 1000;
// The codes that a close frame may have (RFC 6455, 7.4.2): 1005 and 1006 are reported, and never sent.
const isSendable = (code: number) => code === normalClosure || (code >= 3000 && code <= 4999);

export abstract class RecordObject<T, Env = unknown> extends DurableObject<Env> {
  /** The `type` of messages. */
  protected abstract readonly messageType: "upload_event" | "flow_event";

  protected async read(): Promise<T | undefined> {
    return this.ctx.storage.get<T>(name);
  }

  protected async write(value: T): Promise<void> {
    await this.ctx.storage.put(name, value);
  }

  protected async remove(): Promise<void> {
    // Before compatibility date 2026-02-24, `deleteAll` leaves an alarm that a subclass has set.
    await Promise.all([this.ctx.storage.deleteAll(), this.ctx.storage.deleteAlarm()]);
  }

  /** Sends the event to all listeners. */
  async emit(event: unknown): Promise<void> {
    const message = typeof event === "string" ? event : this.#messageOf(event);
    for (const socket of this.ctx.getWebSockets()) {
      try {
        socket.send(message);
      } catch {
        // This listener has closed since; the others still get the event.
      }
    }
  }

  /** Connects a listener; 426 if the request is not one for a WebSocket. */
  override async fetch(request: Request): Promise<Response> {
    if (request.headers.get("Upgrade")?.toLowerCase() !== "websocket") {
      return new Response("connect by a WebSocket\n", {
        status: 426,
        headers: { Upgrade: "websocket" },
      });
    }
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    return new Response(null, { status: 101, webSocket: client });
  }

  /** Does nothing. Uploadista's event emitter calls it after `fetch`, which has connected the listener. */
  async subscribe(_connection: unknown): Promise<void> {}

  /** Closes the connections of all listeners. */
  async unsubscribe(): Promise<void> {
    for (const socket of this.ctx.getWebSockets()) socket.close(normalClosure, "unsubscribed");
  }

  override webSocketMessage(): void {}

  override webSocketClose(socket: WebSocket, code: number): void {
    // Before compatibility date 2026-04-07, the platform itself does not answer the close of a listener.
    socket.close(isSendable(code) ? code : normalClosure);
  }

  #messageOf(event: unknown): string {
    const timestamp = new Date().toISOString();
    return JSON.stringify({ type: this.messageType, payload: event, timestamp });
  }
}
