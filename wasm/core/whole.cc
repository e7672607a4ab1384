#include "wasm/core/whole.h"

#include <algorithm>

namespace kvista {

std::int64_t wholeOf(double number) {
  // The largest double below 2^63.
  constexpr double kMost = 0x1.fffffffffffffp62;
  return number != number ? 0 : static_cast<std::int64_t>(std::clamp(number, -0x1p63, kMost));
}

std::uint32_t countOf(double number) {
  return number != number ? 0 : static_cast<std::uint32_t>(std::clamp(number, 0.0, 0x1p32 - 1));
}

}  // namespace kvista
