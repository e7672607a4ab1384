// Moments as RFC 3339 writes them, such as 2026-01-31T12:00:00.250Z.
#pragma once

#include <optional>
#include <string_view>

namespace kvista {

// Unix milliseconds; nothing if `text` is no date-time of RFC 3339 (section 5.6), or names a day
// that does not exist. A leap second is the second after it.
[[nodiscard]] std::optional<double> millisecondsOf(std::string_view text);

}  // namespace kvista
