// The numbers of the contract, each with the reason for it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace kvista {

// Workers KV's limit on a value, the tightest of the backends that hold a value whole.
inline constexpr std::size_t kMaxValueBytes = 25 * 1024 * 1024;

// One page of a listing: what Workers KV gives at most (`limit` of its list).
inline constexpr std::uint32_t kMaxPageKeys = 1000;

// A `list` over more keys than this fails and names `page` and `keys`.
inline constexpr std::uint32_t kMaxListedKeys = 100'000;

// Keys in one batch: so that one call stays below what a Worker may ask of Workers KV in one
// invocation (1,000 operations).
inline constexpr std::uint32_t kMaxBatchKeys = 1000;

// The largest expiry, 9999-12-31T23:59:59Z: RFC 3339 ends there.
inline constexpr std::int64_t kMaxExpiresAt = 253'402'300'799;

}  // namespace kvista
