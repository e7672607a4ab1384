// Moments as RFC 3339 writes them, such as 2026-01-31T12:00:00.250Z.
#pragma once

#include <optional>
#include <string_view>

namespace kvista {

// Returns Unix milliseconds, or nothing if `text` is no date-time of RFC 3339 (section 5.6) as
// JavaScript's Date takes it: with capitals, without leap seconds, and of a day that exists.
[[nodiscard]] std::optional<double> millisecondsOf(std::string_view text);

}  // namespace kvista
