// Expiry: a moment in whole Unix seconds. It is exact on every store, whatever its backend can do.
#pragma once

#include <cstdint>
#include <optional>

#include "wasm/core/error.h"
#include "wasm/core/message.h"

namespace kvista {

// Returns the moment at which a value that is set now expires, or nothing if it does not. A time to
// live counts from the next whole second, so that no value lives shorter than was asked. Fails with
// INVALID_ARGUMENT if both forms are given, if a time to live is no integer of at least 1, or if a
// moment is no whole second from 0 to kMaxExpiresAt.
[[nodiscard]] Result<std::optional<std::int64_t>> resolveExpiry(ExpiryKind kind, double number,
                                                                double nowMs);

// Returns whether a value with that expiry has expired: it lives until its second begins.
[[nodiscard]] inline bool isExpired(const std::optional<std::int64_t>& expiresAt, double nowMs) {
  return expiresAt && nowMs >= static_cast<double>(*expiresAt) * 1000.0;
}

}  // namespace kvista
