// Moments as RFC 3339 writes them.
#include "wasm/text/timestamp.h"

#include <catch2/catch_test_macros.hpp>

using namespace kvista;

TEST_CASE("A date-time is its Unix milliseconds") {
  CHECK(millisecondsOf("1970-01-01T00:00:00Z") == 0);
  CHECK(millisecondsOf("1970-01-01T00:00:00.25Z") == 250);
  CHECK(millisecondsOf("2024-02-29T12:34:56Z") == 1'709'210'096'000);
  CHECK(millisecondsOf("2026-11-25T02:05:34Z") == 1'795'572'334'000);
  CHECK(millisecondsOf("1970-01-01T01:30:00+01:30") == 0);
  CHECK(millisecondsOf("1969-12-31T23:00:00-01:00") == 0);
  CHECK(millisecondsOf("9999-12-31T23:59:59Z") == 253'402'300'799'000);
}

TEST_CASE("What is no date-time is nothing") {
  for (const char* text : {"", "now", "2026-01-01", "2026-01-01T00:00:00", "2026-02-30T00:00:00Z",
                           "2026-13-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-01T24:00:00Z",
                           "2026-01-01T00:60:00Z", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00Zx",
                           "2026-01-01T00:00:00+1:00", "2026-01-01t00:00:00Z",
                           "2026-01-01T00:00:00z", "2026-01-01 00:00:00Z", "2026-01-01T00:00:60Z",
                           "26-01-01T00:00:00Z", " 2026-01-01T00:00:00Z"}) {
    INFO(text);
    CHECK_FALSE(millisecondsOf(text).has_value());
  }
}
