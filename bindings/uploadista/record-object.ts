// What the two classes of objects that keep a record have in common: the record, and those who listen
// to it. Their methods are those that Uploadista's clients call.
//
// Storage: one value, under the name "record", as the structured clone that came: dates stay dates. A
// SQLite-backed object takes 2 MB of it, an older one 128 KiB; more is refused and nothing is written.
// Nothing else is stored, and deleting the record leaves nothing, so that the object ceases to exist.
//
// Listeners connect by a WebSocket (a request with `Upgrade: websocket` to the object's `fetch`; who may
// is for the Worker to check before it passes the request on) and are told each event as a text:
//
//   message = the event itself, if it is text
//           / {"type":TYPE,"payload":EVENT,"timestamp":ISO-8601}    as core's own emitters have it
//   TYPE    = "upload_event" / "flow_event"
//
// What they send is not looked at. Between events the object may hibernate; the connections stay.
import { DurableObject } from "cloudflare:workers";

const name = "record";
const normalClosure = 1000;
// What a close frame may carry, RFC 6455, 7.4.2: 1005 and 1006 are told, never sent.
const isSendable = (code: number) => code === normalClosure || (code >= 3000 && code <= 4999);

export abstract class RecordObject<T, Env = unknown> extends DurableObject<Env> {
  /** What `type` says in messages. */
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

  /** Tells everybody who listens. */
  async emit(event: unknown): Promise<void> {
    const message = typeof event === "string" ? event : this.#messageOf(event);
    for (const socket of this.ctx.getWebSockets()) {
      try {
        socket.send(message);
      } catch {
        // It has closed since: the others are still to be told.
      }
    }
  }

  /** A listener connects. */
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

  /** For Uploadista's event emitter, which calls it beside connecting: `fetch` does it. */
  async subscribe(_connection: unknown): Promise<void> {}

  /** Ends every listener's connection. */
  async unsubscribe(): Promise<void> {
    for (const socket of this.ctx.getWebSockets()) socket.close(normalClosure, "unsubscribed");
  }

  override webSocketMessage(): void {}

  override webSocketClose(socket: WebSocket, code: number): void {
    // Before compatibility date 2026-04-07 nobody else answers a listener's close.
    socket.close(isSendable(code) ? code : normalClosure);
  }

  #messageOf(event: unknown): string {
    const timestamp = new Date().toISOString();
    return JSON.stringify({ type: this.messageType, payload: event, timestamp });
  }
}
