// Numbers from outside as integers. A cast of a number that the integer cannot hold is undefined;
// these give the nearest integer that it can, and 0 for what is no number.
#pragma once

#include <cstdint>

namespace kvista {

// Without its fraction.
[[nodiscard, gnu::noinline]] std::int64_t wholeOf(double number);
[[nodiscard, gnu::noinline]] std::uint32_t countOf(double number);

}  // namespace kvista
