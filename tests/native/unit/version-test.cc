// Versions: the form, and that they are the first half of SHA-1's digits.
#include "wasm/contract/version.h"

#include <string>

#include <catch2/catch_test_macros.hpp>

using namespace kvista;

TEST_CASE("A version is the first 32 digits of SHA-1") {
  CHECK(versionOf("") == "da39a3ee5e6b4b0d3255bfef95601890");
  CHECK(versionOf("abc") == "a9993e364706816aba3e25717850c26c");
  CHECK(isVersion(versionOf("abc")));
}

TEST_CASE("The ways to compute a version agree, and write nothing beyond it") {
  for (std::size_t length = 0; length < 200; ++length) {
    const std::string value(length, 'v');
    char out[kVersionChars + 1];
    out[kVersionChars] = '#';
    versionInto(value, out);
    CHECK(std::string(out, sizeof out) == versionOf(value) + "#");

    VersionHasher hasher;
    hasher.update(value.substr(0, length / 3));
    hasher.update(value.substr(length / 3));
    CHECK(hasher.finish() == versionOf(value));
    hasher.update("next");
    CHECK(hasher.finish() == versionOf("next"));
  }
}

TEST_CASE("Only 32 lower-case hexadecimal digits have the form of a version") {
  const std::string version = "0123456789abcdef0123456789abcdef";
  CHECK(isVersion(version));
  CHECK_FALSE(isVersion(""));
  CHECK_FALSE(isVersion(version.substr(1)));
  CHECK_FALSE(isVersion(version + "0"));
  for (const char bad : std::string("gAF/:`@ \n\0\xFF", 11)) {
    for (const std::size_t at : {0U, 15U, 31U}) {
      std::string text = version;
      text[at] = bad;
      CHECK_FALSE(isVersion(text));
    }
  }
}
