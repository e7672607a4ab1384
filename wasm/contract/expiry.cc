#include "wasm/contract/expiry.h"

#include <cmath>

#include "wasm/contract/limits.h"
#include "wasm/core/joined.h"

namespace kvista {

Result<std::optional<std::int64_t>> resolveExpiry(ExpiryKind kind, double number, double nowMs) {
  const auto isWhole = [](double x) { return std::isfinite(x) && std::floor(x) == x; };
  switch (kind) {
    case ExpiryKind::kNone:
      return std::nullopt;
    case ExpiryKind::kBoth:
      return fail(Code::kInvalidArgument, "both ttlSeconds and expiresAt are given",
                  "give one of them: ttlSeconds counts from now, expiresAt is a moment");
    case ExpiryKind::kTtl: {
      if (!isWhole(number) || number < 1) {
        return fail(Code::kInvalidArgument, "ttlSeconds is not an integer of at least 1",
                    "give whole seconds; to remove a key now, delete it");
      }
      const double at = std::ceil(nowMs / 1000.0) + number;
      if (at > static_cast<double>(kMaxExpiresAt)) {
        return fail(Code::kInvalidArgument, "ttlSeconds reaches beyond the year 9999",
                    "leave the expiry out for a value that stays");
      }
      return static_cast<std::int64_t>(at);
    }
    case ExpiryKind::kAt:
      if (!isWhole(number) || number < 0 || number > static_cast<double>(kMaxExpiresAt)) {
        return fail(
            Code::kInvalidArgument,
            joined({"expiresAt is not a moment in whole Unix seconds, from 0 to ", kMaxExpiresAt}),
            "divide milliseconds by 1000 and round: Math.floor(date.getTime() / 1000)");
      }
      return static_cast<std::int64_t>(number);
  }
  return std::nullopt;
}

}  // namespace kvista
