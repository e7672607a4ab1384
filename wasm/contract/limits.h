// The numbers of the contract, each with its unit and the reason for it. Those that TypeScript has
// too (bindings/contract/limits.ts) are tied to it by `facts` in tests/node/boundary/golden.json.
#pragma once

#include <cstddef>
#include <cstdint>

namespace kvista {

// A key with its namespace, in bytes of UTF-8. Workers KV takes no longer key, and its limit is the
// tightest of all backends: so every key can move to every store.
// https://developers.cloudflare.com/kv/platform/limits/
inline constexpr std::size_t kMaxKeyBytes = 512;

// A value, in bytes of UTF-8. Workers KV's limit on a value (same page) is the tightest of the
// backends that hold a value whole.
inline constexpr std::size_t kMaxValueBytes = 25 * 1024 * 1024;

// Keys in one page of a listing: the most that Workers KV's list() returns at once.
inline constexpr std::uint32_t kMaxPageKeys = 1000;

// Keys in one `list`. More fail with TOO_LARGE, whose hint names `page` and `keys`.
inline constexpr std::uint32_t kMaxListedKeys = 100'000;

// Keys in one batch. A Worker may perform 1,000 operations on Workers KV in one invocation, so one
// batch stays within that.
inline constexpr std::uint32_t kMaxBatchKeys = 1000;

// The largest expiry in Unix seconds, 9999-12-31T23:59:59Z, where the years of RFC 3339 end.
inline constexpr std::int64_t kMaxExpiresAt = 253'402'300'799;

// How long after its deadline an operation counts as dead, in milliseconds. Its driver gives it up
// at the deadline, and a timer of a busy process may be late; whoever has not done so by then has
// lost the request that would have. What waits for such an operation goes on: the engine reaps it,
// and its lock, its turn or its place in line passes to the next.
inline constexpr double kReapAfterDeadlineMs = 1000;

}  // namespace kvista
