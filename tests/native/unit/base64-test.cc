// base64url: RFC 4648's vectors, the round trip, and that nothing but the canonical text decodes.
#include "wasm/text/base64.h"

#include <random>
#include <string>

#include <catch2/catch_test_macros.hpp>

using kvista::base64UrlDecode;
using kvista::base64UrlEncode;

TEST_CASE("base64url gives the vectors of RFC 4648 without their padding") {
  const std::pair<const char*, const char*> vectors[] = {
      {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
      {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xFB\xFF", "-_8"}};
  for (const auto& [bytes, text] : vectors) {
    CHECK(base64UrlEncode(bytes) == text);
    CHECK(base64UrlDecode(text) == bytes);
  }
}

TEST_CASE("Random bytes come back from base64url") {
  std::mt19937 random(2);
  for (int round = 0; round < 2000; ++round) {
    std::string bytes(random() % 100, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    REQUIRE(base64UrlDecode(base64UrlEncode(bytes)) == bytes);
  }
}

TEST_CASE("Every text of up to three characters decodes only if it is canonical") {
  for (unsigned number = 0; number < 128U * 128U * 128U; ++number) {
    const std::string three = {static_cast<char>(number >> 14),
                               static_cast<char>(number >> 7 & 127),
                               static_cast<char>(number & 127)};
    for (std::size_t length = number < 128         ? 1
                              : number < 128 * 128 ? 2
                                                   : 3;
         length <= 3; ++length) {
      const std::string text = three.substr(3 - length);
      const auto bytes = base64UrlDecode(text);
      if (bytes && base64UrlEncode(*bytes) != text) FAIL("not canonical: " << text);
    }
  }
}

TEST_CASE("Padding, whitespace, the other alphabet and impossible lengths are refused") {
  for (const char* text : {"Zg==", "Zm8=", "Zm9v\n", " Zm9v", "Zm 9v", "+_8", "-/8", "Z", "Zm9vY",
                           "Zh", "Zm9", "=", "Zm9v\x80"}) {
    CHECK_FALSE(base64UrlDecode(text).has_value());
  }
  CHECK_FALSE(base64UrlDecode(std::string_view("Zm\0v", 4)).has_value());
}
