// Keeps what a client of @redis/client 5 answers in step with what it was asked.
//
// Between the loss of a connection and the next one that version may still take commands off its queue,
// for the socket that is gone. It then counts the replies to the new connection's greeting as theirs, and
// each later reply as that of an earlier command: a read would get another key's value. While it is
// paused it takes none. (Version 6 looks whether the socket can be written to.)

/** The parts of a client that are used. `_pause` is not of its API; version 5.9 is the first to have it, and the oldest peer. */
type Emitter = {
  on?(event: "reconnecting" | "connect", listen: () => void): unknown;
  _pause?(): void;
  _unpause?(): void;
};

const kept = new WeakSet<object>();

/** Has an effect the first time. */
export function keepInStep(client: object): void {
  if (kept.has(client)) return;
  kept.add(client);
  const emitter = client as Emitter;
  emitter.on?.("reconnecting", () => emitter._pause?.());
  emitter.on?.("connect", () => emitter._unpause?.());
}
