// Page cursors: they come back for their own listing, and nothing else is taken for one.
#include "wasm/contract/cursor.h"

#include <algorithm>
#include <random>
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "wasm/text/base64.h"

using namespace kvista;

namespace {

const Listing kListing{3, "space:", "upload:"};

bool isRefused(const Listing& listing, std::string_view text) {
  const Result<std::string> payload = decodeCursor(listing, text);
  if (payload) return false;
  CHECK(payload.error().code == Code::kInvalidArgument);
  CHECK_FALSE(payload.error().message.empty());
  CHECK_FALSE(payload.error().hint.empty());
  return true;
}

}  // namespace

TEST_CASE("A cursor gives back its payload, whatever bytes that holds") {
  std::mt19937 random(4);
  for (int round = 0; round < 1000; ++round) {
    std::string payload(random() % 600, '\0');
    for (char& byte : payload) byte = static_cast<char>(random());
    const std::string cursor = encodeCursor(kListing, payload);
    REQUIRE(decodeCursor(kListing, cursor) == payload);
  }
  CHECK(decodeCursor(kListing, encodeCursor(kListing, "")) == "");
  CHECK(decodeCursor({}, encodeCursor({}, "k")) == "k");
}

TEST_CASE("A cursor keeps its bytes from one release to the next") {
  CHECK(encodeCursor(kListing, "upload:9") == "AQPhFTLlqHPY3XVwbG9hZDo5jVMNmw");
}

TEST_CASE("A cursor of another listing is refused") {
  const std::string cursor = encodeCursor(kListing, "upload:9");
  CHECK_FALSE(isRefused(kListing, cursor));
  CHECK(isRefused({4, "space:", "upload:"}, cursor));
  CHECK(isRefused({3, "other:", "upload:"}, cursor));
  CHECK(isRefused({3, "space:", "upload"}, cursor));
  CHECK(isRefused({3, "space:", ""}, cursor));
  // The same text divided otherwise between namespace and prefix.
  CHECK(isRefused({3, "space:upload:", ""}, cursor));
  CHECK(isRefused({3, "", "space:upload:"}, cursor));
}

TEST_CASE("A cursor with any character changed, missing or added is refused") {
  const std::string cursor = encodeCursor(kListing, "upload:9");
  for (std::size_t at = 0; at < cursor.size(); ++at) {
    for (const char other : std::string("A9-_ =\n\0\xFF", 9)) {
      std::string text = cursor;
      text[at] = other;
      if (text != cursor) REQUIRE(isRefused(kListing, text));
    }
    REQUIRE(isRefused(kListing, cursor.substr(0, at)));
    REQUIRE(isRefused(kListing, cursor.substr(at + 1)));
  }
  CHECK(isRefused(kListing, cursor + "A"));
  CHECK(isRefused(kListing, cursor + "AAAA"));
  CHECK(isRefused(kListing, cursor + cursor));
  CHECK(isRefused(kListing, cursor + "="));
}

TEST_CASE("Random text and random bytes are refused") {
  std::mt19937 random(5);
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes(random() % 60, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    if (!bytes.empty() && round % 2 == 0) bytes[0] = 1;
    REQUIRE(isRefused(kListing, bytes));
    REQUIRE(isRefused(kListing, base64UrlEncode(bytes)));
  }
  for (const char* text : {"", "0", "upload:9", "null", "AAAAAAAAAAAAAAAAAAAAAAAA"}) {
    CHECK(isRefused(kListing, text));
  }
}

TEST_CASE("A cursor is bounded, and the longest payload fits") {
  const std::string longest(kMaxCursorPayloadBytes, 'p');
  const std::string cursor = encodeCursor(kListing, longest);
  CHECK(cursor.size() == kMaxCursorChars);
  CHECK(decodeCursor(kListing, cursor) == longest);
  CHECK(isRefused(kListing, encodeCursor(kListing, longest + "p")));
  CHECK(isRefused(kListing, std::string(1'000'000, 'A')));
}

TEST_CASE("A cursor does not show its namespace") {
  const Listing listing{3, "secret-namespace", "p"};
  const std::string bytes = base64UrlDecode(encodeCursor(listing, "p1")).value();
  CHECK(bytes.find("secret") == std::string::npos);
}
