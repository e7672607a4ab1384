// The numbers of the contract and of the platforms that more than one file needs. `facts` in
// tests/node/boundary/golden.json ties those that the core has too to wasm/contract/limits.h.

/** The largest value, in bytes of UTF-8. */
export const maxValueBytes = 25 * 1024 * 1024;

/** The most keys in one page of a listing, and the number of keys if the caller gives no `limit`. */
export const maxPageKeys = 1000;

/** The deadline of a call that gives none, in milliseconds from its start. */
export const defaultDeadlineMs = 10_000;

/**
 * How long after its deadline an operation counts as dead, in milliseconds. Its drive loop gives it up
 * at the deadline; the timer of a busy process may be late, but no timer is that late.
 */
export const reapAfterDeadlineMs = 1000;

/** The longest timer that JavaScript has, in milliseconds: a longer one fires at once. */
export const longestTimerMs = 0x7fff_ffff;

/**
 * How many connections a Worker has at a time; further ones wait.
 * https://developers.cloudflare.com/workers/platform/limits/#simultaneous-open-connections
 */
export const maxConnections = 6;
