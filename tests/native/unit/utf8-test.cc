// UTF-8 validation against a plain definition of UTF-8: the encoding of each code point.
#include "wasm/text/utf8.h"

#include <cstdint>
#include <string>

#include <catch2/catch_test_macros.hpp>

using kvista::isUtf8;
using kvista::utf8Boundary;

namespace {

// The bytes for `codePoint` in a form of `length` bytes, right or not.
std::string encoded(std::uint32_t codePoint, int length) {
  if (length == 1) return std::string(1, static_cast<char>(codePoint));
  std::string text;
  for (int i = length - 1; i > 0; --i) {
    const std::uint32_t bits = codePoint >> (6 * i);
    const std::uint32_t lead = (0xF00U >> length) & 0xFFU;
    text += static_cast<char>(i == length - 1 ? (lead | bits) : (0x80U | (bits & 0x3FU)));
  }
  text += static_cast<char>(0x80U | (codePoint & 0x3FU));
  return text;
}

int shortestLength(std::uint32_t codePoint) {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}

bool isSurrogate(std::uint32_t codePoint) { return codePoint >= 0xD800 && codePoint <= 0xDFFF; }

}  // namespace

TEST_CASE("Every code point is UTF-8 in its shortest form, and no surrogate is") {
  for (std::uint32_t codePoint = 0; codePoint < 0x200000; ++codePoint) {
    const std::string text = encoded(codePoint, shortestLength(codePoint));
    const bool valid = codePoint <= 0x10FFFF && !isSurrogate(codePoint);
    if (isUtf8(text) != valid || isUtf8("1234567" + text + "12345678") != valid) {
      FAIL("code point " << codePoint);
    }
  }
}

TEST_CASE("An overlong form is not UTF-8") {
  for (int length = 2; length <= 4; ++length) {
    const std::uint32_t end = length == 2 ? 0x80U : length == 3 ? 0x800U : 0x10000U;
    for (std::uint32_t codePoint = 0; codePoint < end; ++codePoint) {
      if (isUtf8(encoded(codePoint, length))) FAIL(length << " bytes for " << codePoint);
    }
  }
}

TEST_CASE("A truncated character is not UTF-8, at the end or before other text") {
  for (const std::uint32_t codePoint : {0xE9U, 0x20ACU, 0x1F600U}) {
    const std::string whole = encoded(codePoint, shortestLength(codePoint));
    for (std::size_t kept = 1; kept < whole.size(); ++kept) {
      CHECK_FALSE(isUtf8(whole.substr(0, kept)));
      CHECK_FALSE(isUtf8(whole.substr(0, kept) + "abcdefghij"));
      CHECK_FALSE(isUtf8("abcdefgh" + whole.substr(0, kept)));
      CHECK_FALSE(isUtf8(whole.substr(kept)));
    }
  }
}

TEST_CASE("One byte is UTF-8 exactly when it is ASCII, wherever it stands") {
  for (unsigned byte = 0; byte < 256; ++byte) {
    for (std::size_t before = 0; before < 20; ++before) {
      const std::string text =
          std::string(before, 'x') + static_cast<char>(byte) + std::string(9, 'y');
      if (isUtf8(text) != (byte < 0x80)) FAIL("byte " << byte << " after " << before);
    }
  }
  CHECK(isUtf8(""));
}

TEST_CASE("A boundary is the start of the character that an index lies in") {
  const std::string text = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80z";  // a é € 😀 z
  const std::size_t expected[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11};
  for (std::size_t at = 0; at < std::size(expected); ++at) {
    CHECK(utf8Boundary(text, at) == expected[at]);
  }
  CHECK(utf8Boundary("", 5) == 0);
}
