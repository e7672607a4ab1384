// Expiry: whole Unix seconds, exact on every store whatever its backend can do by itself.
#pragma once

#include <cstdint>
#include <optional>

#include "wasm/core/error.h"
#include "wasm/core/message.h"

namespace kvista {

// The moment at which a key set now expires, or nothing. A time to live is counted from the next
// whole second, so that a value never lives shorter than was asked. INVALID_ARGUMENT for both forms
// at once, a time to live that is no integer of at least 1, or a moment that is no whole second
// from 0 to 9999-12-31T23:59:59Z.
[[nodiscard]] Result<std::optional<std::int64_t>> resolveExpiry(ExpiryKind kind, double number,
                                                                double nowMs);

// A value lives until the second in which it expires begins.
[[nodiscard]] inline bool isExpired(const std::optional<std::int64_t>& expiresAt, double nowMs) {
  return expiresAt && nowMs >= static_cast<double>(*expiresAt) * 1000.0;
}

}  // namespace kvista
