// Numbers from outside as integers. A C++ cast of a number that the integer cannot hold is
// undefined. These functions return the nearest integer that the type can hold, and 0 for NaN.
#pragma once

#include <cstdint>

namespace kvista {

// Both drop the fraction.
[[nodiscard, gnu::noinline]] std::int64_t wholeOf(double number);
[[nodiscard, gnu::noinline]] std::uint32_t countOf(double number);

}  // namespace kvista
