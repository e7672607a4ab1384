#include "wasm/stores/file/file-stat.h"

#include <cmath>

#include <catch2/catch_test_macros.hpp>

#include "wasm/contract/limits.h"

namespace kvista {
namespace {

constexpr double kFileMode = 0100744;

FileStat statWith(double mtimeMs) {
  return {.mtimeMs = mtimeMs, .ctimeMs = 1.7e12, .mode = kFileMode, .size = 1};
}

}  // namespace

TEST_CASE("An expiry comes back from a file's time, cut to microseconds or not") {
  for (std::int64_t at = 1; at <= kMaxExpiresAt; at += 1 + at / 97) {
    const double mtime = mtimeFor(at);
    CAPTURE(at);
    REQUIRE(mtime < 2147483648.0);
    REQUIRE(expiryOf(statWith(mtime * 1000)) == at);
    const double seconds = std::floor(mtime);
    const double micros = std::floor((mtime - seconds) * 1e6);
    REQUIRE(expiryOf(statWith(seconds * 1000 + micros / 1000)) == at);
  }
  CHECK(expiryOf(statWith(mtimeFor(kMaxExpiresAt) * 1000)) == kMaxExpiresAt);
}

TEST_CASE("A file that is not marked, or was written in place, has no expiry") {
  FileStat stat = statWith(mtimeFor(2'000'000'000) * 1000);
  REQUIRE(expiryOf(stat) == 2'000'000'000);
  stat.mode = 0100644;
  CHECK_FALSE(expiryOf(stat));
  stat.mode = kFileMode;
  stat.ctimeMs = stat.mtimeMs;
  CHECK_FALSE(expiryOf(stat));
}

TEST_CASE("Times of whole seconds and most others hold no expiry") {
  CHECK_FALSE(expiryOf(statWith(2e12)));
  CHECK_FALSE(expiryOf(statWith(2e12 + 500)));
  CHECK_FALSE(expiryOf(statWith(2e12 + 0.9)));
  CHECK_FALSE(expiryOf(FileStat()));
}

}  // namespace kvista
