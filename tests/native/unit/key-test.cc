// The rules for keys, prefixes and namespaces, each at its edge.
#include "wasm/contract/key.h"

#include <random>
#include <string>

#include <catch2/catch_test_macros.hpp>

using namespace kvista;

namespace {

// The message of a refusal, which must have that code and a hint; empty if nothing was refused.
std::string refusal(const Result<void>& result, Code code = Code::kInvalidKey) {
  if (result) return {};
  CHECK(result.error().code == code);
  CHECK_FALSE(result.error().hint.empty());
  return result.error().message;
}

bool says(const std::string& message, std::string_view words) {
  return message.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("Ordinary keys pass, whatever characters they hold") {
  for (const char* key : {"a", "uploadista:upload-file:0b9e", "...", ".a", "a.", "a/../b", " ",
                          "*?[]\\", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\n", "__proto__"}) {
    CHECK(checkKey("", key, true));
    CHECK(checkKey("space:", key, true));
  }
}

TEST_CASE("An empty key is refused, with a namespace too") {
  CHECK(says(refusal(checkKey("", "", true)), "empty"));
  CHECK(says(refusal(checkKey("space:", "", true)), "empty"));
}

TEST_CASE("A key has at most 512 bytes with its namespace, and the message names both numbers") {
  CHECK(checkKey("", std::string(512, 'k'), true));
  CHECK(checkKey("space:", std::string(506, 'k'), true));
  std::string euros;
  for (int i = 0; i < 171; ++i) euros += "\xE2\x82\xAC";

  const std::string alone = refusal(checkKey("", std::string(513, 'k'), true));
  CHECK(says(alone, "513"));
  CHECK(says(alone, "512"));
  CHECK_FALSE(says(alone, "namespace"));
  const std::string together = refusal(checkKey("space:", std::string(507, 'k'), true));
  CHECK(says(together, "513"));
  CHECK(says(together, "512"));
  CHECK(says(together, "6 of them the store's namespace"));
  CHECK(says(refusal(checkKey("", euros, true)), "513"));
}

TEST_CASE("A key is not . or .., neither alone nor with the namespace") {
  CHECK(says(refusal(checkKey("", ".", true)), "\"..\""));
  CHECK(says(refusal(checkKey("", "..", true)), "\"..\""));
  CHECK(says(refusal(checkKey("space:", "..", true)), "\"..\""));
  CHECK(says(refusal(checkKey(".", ".", true)), "\"..\""));
  CHECK(checkKey("", "...", true));
  CHECK(checkKey(".", "...", true));
  CHECK(checkKey(".", "a", true));
  CHECK(checkKey("a", "...", true));
}

TEST_CASE("A key holds no NUL") {
  CHECK(says(refusal(checkKey("", std::string_view("\0", 1), true)), "NUL"));
  CHECK(says(refusal(checkKey("", std::string_view("a\0b", 3), true)), "NUL"));
  CHECK(says(refusal(checkPrefix("", std::string_view("a\0", 2), true)), "NUL"));
}

TEST_CASE("A key with an unpaired surrogate or other broken UTF-8 is refused") {
  CHECK(says(refusal(checkKey("", "looks fine", false)), "surrogate"));
  CHECK(says(refusal(checkKey("", "\xED\xA0\x80", true)), "surrogate"));
  CHECK(says(refusal(checkKey("", "a\xFF", true)), "surrogate"));
  CHECK(says(refusal(checkPrefix("", "a\xE2\x82", true)), "surrogate"));
  CHECK(says(refusal(checkPrefix("", "a", false)), "surrogate"));
}

TEST_CASE("A prefix may be empty or dots, and has the key's limit") {
  for (const char* prefix : {"", ".", "..", "a"}) CHECK(checkPrefix("", prefix, true));
  CHECK(checkPrefix("space:", std::string(506, 'p'), true));
  const std::string message = refusal(checkPrefix("space:", std::string(507, 'p'), true));
  CHECK(says(message, "prefix"));
  CHECK(says(message, "513"));
  CHECK(says(message, "512"));
}

TEST_CASE("A namespace is UTF-8 without NUL that leaves room for a key") {
  const Code code = Code::kInvalidArgument;
  CHECK(checkNamespace(""));
  CHECK(checkNamespace(".."));
  CHECK(checkNamespace(std::string(511, 'n')));
  CHECK(says(refusal(checkNamespace(std::string(512, 'n')), code), "512"));
  CHECK(says(refusal(checkNamespace(std::string(512, 'n')), code), "511"));
  CHECK(says(refusal(checkNamespace(std::string_view("\0", 1)), code), "NUL"));
  CHECK(says(refusal(checkNamespace("\xC0\x80"), code), "surrogate"));
  CHECK(says(refusal(checkNamespace("n", false), code), "surrogate"));
}

TEST_CASE("The end of a range comes after all that has the prefix, and before all else") {
  CHECK(nextAfterPrefix("").empty());
  CHECK(nextAfterPrefix("\xFF\xFF").empty());
  CHECK(nextAfterPrefix("a") == "b");
  CHECK(nextAfterPrefix("a\x7F") == "a\x80");
  CHECK(nextAfterPrefix("a\xFF\xFF") == "b");

  std::mt19937 random(3);
  const auto randomText = [&] {
    std::string text(random() % 4, '\0');
    for (char& byte : text) byte = "\x00\x01z\xFE\xFF"[random() % 5];
    return text;
  };
  for (int round = 0; round < 20'000; ++round) {
    const std::string prefix = randomText();
    const std::string text = randomText();
    const std::string end = nextAfterPrefix(prefix);
    REQUIRE(text.starts_with(prefix) == (text >= prefix && (end.empty() || text < end)));
  }
}
