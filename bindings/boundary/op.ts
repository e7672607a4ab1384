// The operations of the core by their numbers in requests (twin of `Op` in wasm/core/message.h, tied by
// tests/node/boundary).

export const op = {
  get: 1,
  set: 2,
  delete: 3,
  list: 4,
  page: 5,
  entry: 6,
  compareAndSet: 7,
  patch: 8,
  getMany: 9,
  setMany: 10,
  deleteMany: 11,
  diagnose: 12,
  compareAndDelete: 13,
  sweep: 14,
  objectSettle: 33,
  objectAlarm: 34,
} as const;

export type OpName = keyof typeof op;
