// Events of an object that keeps a record: who listens hears them, after hibernation too.
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { describe, expect, test } from "vitest";
import { bindings, freshPrefix } from "../support/bindings.ts";

const { UPLOAD_FILES, FLOW_JOBS } = bindings;

/** A listener's end of a connection, with what it has heard. */
class Listener {
  readonly heard: string[] = [];
  readonly socket: WebSocket;
  #wake: () => void = () => {};
  closed: number | null = null;

  static async connect(stub: { fetch: Fetcher["fetch"] }): Promise<Listener> {
    const headers = { Upgrade: "websocket" };
    const { status, webSocket } = await stub.fetch("https://object/", { headers });
    expect(status).toBe(101);
    return new Listener(webSocket as WebSocket);
  }

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.addEventListener("message", ({ data }) => {
      this.heard.push(String(data));
      this.#wake();
    });
    socket.addEventListener("close", ({ code }) => {
      this.closed = code;
      this.#wake();
    });
    socket.accept();
  }

  /** Resolves when that holds. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

const connections = (stub: DurableObjectStub) =>
  runInDurableObject(stub, (_, state) => state.getWebSockets().length);

describe("an event", () => {
  test("of an upload reaches every listener, in the form of core's own emitters", async () => {
    const stub = UPLOAD_FILES.getByName(freshPrefix());
    const listeners = [await Listener.connect(stub), await Listener.connect(stub)];
    await stub.emit({ type: "upload-progress", data: { id: "u", progress: 5, total: 9 } });
    for (const listener of listeners) {
      await listener.until(() => listener.heard.length > 0);
      const { type, payload, timestamp } = JSON.parse(listener.heard[0] as string);
      expect(type).toBe("upload_event");
      expect(payload).toEqual({
        type: "upload-progress",
        data: { id: "u", progress: 5, total: 9 },
      });
      expect(new Date(timestamp).toISOString()).toBe(timestamp);
    }
  });

  test("of a flow job says so, and an event that is text goes as it is", async () => {
    const stub = FLOW_JOBS.getByName(freshPrefix());
    const listener = await Listener.connect(stub);
    await stub.emit({ jobId: "j", eventType: "NodeEnd" });
    await stub.emit('{"type":"flow_event"}');
    await listener.until(() => listener.heard.length > 1);
    expect(JSON.parse(listener.heard[0] as string)).toMatchObject({ type: "flow_event" });
    expect(listener.heard[1]).toBe('{"type":"flow_event"}');
  });

  test("reaches who listens to that object, and nobody else", async () => {
    const [one, other] = [freshPrefix(), freshPrefix()].map((id) => UPLOAD_FILES.getByName(id));
    const near = await Listener.connect(one as never);
    const far = await Listener.connect(other as never);
    await one?.emit("for one");
    await other?.emit("for the other");
    await far.until(() => far.heard.length > 0);
    await near.until(() => near.heard.length > 0);
    expect([near.heard, far.heard]).toEqual([["for one"], ["for the other"]]);
  });

  test("reaches a listener of an object that hibernated in between", async () => {
    const stub = UPLOAD_FILES.getByName(freshPrefix());
    const listener = await Listener.connect(stub);
    await evictDurableObject(stub, { webSockets: "hibernate" });
    await stub.emit("awake again");
    await listener.until(() => listener.heard.length > 0);
    expect(listener.heard).toEqual(["awake again"]);
  });

  test("without a listener is no failure", async () => {
    await UPLOAD_FILES.getByName(freshPrefix()).emit({ type: "upload-started" });
  });
});

describe("a connection", () => {
  test("outlives the record, and is over when its listener closes it", async () => {
    const stub = UPLOAD_FILES.getByName(freshPrefix());
    const [one, other] = [await Listener.connect(stub), await Listener.connect(stub)];
    await stub.deleteUploadFile();
    one.socket.send("not looked at");
    one.socket.close(4000, "done");
    await one.until(() => one.closed !== null);
    expect(one.closed).toBe(4000);
    await stub.emit("to who is left");
    await other.until(() => other.heard.length > 0);
    expect(one.heard).toEqual([]);
    expect(await connections(stub)).toBe(1);
  });

  test("is ended by unsubscribe, which Uploadista's event emitter calls", async () => {
    const stub = FLOW_JOBS.getByName(freshPrefix());
    const listener = await Listener.connect(stub);
    await stub.subscribe({ id: "c" });
    await stub.unsubscribe();
    await listener.until(() => listener.closed !== null);
    expect(listener.closed).toBe(1000);
  });

  test("is by a WebSocket: another request is told so", async () => {
    const response = await UPLOAD_FILES.getByName(freshPrefix()).fetch("https://object/");
    expect(response.status).toBe(426);
    expect(response.headers.get("Upgrade")).toBe("websocket");
    await response.text();
  });
});
