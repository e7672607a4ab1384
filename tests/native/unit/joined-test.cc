#include "wasm/core/joined.h"

#include <cstdint>
#include <string>

#include <catch2/catch_test_macros.hpp>

using kvista::joined;

TEST_CASE("Text and numbers are joined in order") {
  const std::string owned = "c";
  CHECK(joined({}) == "");
  CHECK(joined({"a", std::string_view("b"), owned, 1, " ", std::size_t{20}}) == "abc1 20");
}

TEST_CASE("Numbers are their decimal digits up to the ends of their range") {
  CHECK(joined({0, " ", -1, " ", INT64_MIN}) == "0 -1 -9223372036854775808");
  CHECK(joined({UINT64_MAX}) == "18446744073709551615");
}
