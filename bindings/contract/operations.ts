// Which operations of the contract read and which write (twin of `isWrite` in wasm/core/message.cc, tied
// by tests/node/boundary).

/** Operations that change nothing: a caller that got no answer can repeat them. */
export const reads: ReadonlySet<string> = new Set([
  "get",
  "entry",
  "list",
  "page",
  "getMany",
  "diagnose",
]);

/** Operations that may change a value: without an answer, their outcome is unknown. */
export const writes: ReadonlySet<string> = new Set([
  "set",
  "delete",
  "compareAndSet",
  "compareAndDelete",
  "patch",
  "setMany",
  "deleteMany",
]);
