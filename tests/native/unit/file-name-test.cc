#include "wasm/stores/file/file-name.h"

#include <random>
#include <set>

#include <catch2/catch_test_macros.hpp>

#include "wasm/text/utf8.h"

namespace kvista {
namespace {

constexpr NameStyle kStyles[] = {NameStyle::kPlain, NameStyle::kPortable};

// Keys made of what names are made of, so that many of them look encoded.
std::string someKey(std::mt19937_64& random) {
  static constexpr std::string_view kParts[] = {
      "%",  "/", "2", "F", "5", "a", "Z", ".", ":", "json", "%2F", "%25", "é", "\xF0\x90\x80\x80",
      "%/", "\\"};
  std::string key;
  const std::size_t most = random() % 8 == 0 ? 512 : 12;
  const std::size_t size = 1 + random() % most;
  while (key.size() < size) {
    const std::string_view part = kParts[random() % std::size(kParts)];
    if (key.size() + part.size() > 512) break;
    key += part;
  }
  return key;
}

}  // namespace

TEST_CASE("Every key comes back from its path, and no two keys share one") {
  std::mt19937_64 random(7);
  for (const NameStyle style : kStyles) {
    std::set<std::string> keys;
    std::set<std::string> paths;
    for (int i = 0; i < 50'000; ++i) {
      const std::string key = someKey(random);
      const std::string path = pathOf(key, style);
      REQUIRE(keyOf(path, style) == key);
      keys.insert(key);
      paths.insert(path);
    }
    CHECK(keys.size() == paths.size());
  }
}

TEST_CASE("Every part of a path is a name that a file system takes") {
  std::mt19937_64 random(11);
  for (const NameStyle style : kStyles) {
    for (int i = 0; i < 20'000; ++i) {
      std::string path = pathOf(someKey(random), style);
      REQUIRE(isUtf8(path));
      REQUIRE(path.find('\0') == std::string::npos);
      for (std::size_t end; (end = path.find('/')) != std::string::npos; path.erase(0, end + 1)) {
        REQUIRE(end <= 255);
        REQUIRE(isUtf8(path.substr(0, end)));
        REQUIRE(path[end - 1] == '%');
      }
      REQUIRE(path.size() <= 255);
      REQUIRE(path.ends_with(".json"));
      REQUIRE(path.size() > 5);
    }
  }
}

TEST_CASE("A path that is not what its key is encoded to is foreign") {
  std::mt19937_64 random(13);
  static constexpr std::string_view kBits = "%/25FaZ.:jso n\xC3\xA9";
  int taken = 0;
  for (const NameStyle style : kStyles) {
    for (int i = 0; i < 100'000; ++i) {
      std::string path;
      for (std::size_t size = random() % 12; size > 0; --size)
        path += kBits[random() % kBits.size()];
      path += ".json";
      const std::optional<std::string> key = keyOf(path, style);
      if (!key) continue;
      ++taken;
      REQUIRE(pathOf(*key, style) == path);
    }
  }
  CHECK(taken > 0);
}

TEST_CASE("A key of Uploadista's is the file that its own store writes") {
  CHECK(pathOf("uploadista:upload-file:ID", NameStyle::kPlain) == "uploadista:upload-file:ID.json");
  CHECK(pathOf("100% of it", NameStyle::kPlain) == "100% of it.json");
  CHECK(pathOf("a/b", NameStyle::kPlain) == "a%2Fb.json");
  CHECK(pathOf("a%2Fb", NameStyle::kPlain) == "a%252Fb.json");
  CHECK(pathOf("../x", NameStyle::kPlain) == "..%2Fx.json");
  CHECK(pathOf("Aa:\xC3\xA9", NameStyle::kPortable) == "%41a%3A%C3%A9.json");
}

TEST_CASE("A long name lies in directories, each split between characters") {
  const std::string key(512, 'k');
  const std::string chunk(250, 'k');
  CHECK(pathOf(key, NameStyle::kPlain) == chunk + "%/" + chunk + "%/" + "kkkkkkkkkkkk.json");
  CHECK(pathOf(std::string(250, 'k'), NameStyle::kPlain) == chunk + ".json");
  std::string wide = "k";
  while (wide.size() < 400) wide += "\xE2\x82\xAC";
  const std::string path = pathOf(wide, NameStyle::kPlain);
  CHECK(path.find("%/") == 250 - 249 % 3);
  CHECK(keyOf(path, NameStyle::kPlain) == wide);
}

TEST_CASE("Foreign names are told apart") {
  for (const char* path : {"a.txt", "a", "x%2E.json", "a%41.json", "a%2f%2F.jsonx", "sub/a.json",
                           "\xFF.json", "%C3%.json/"}) {
    CAPTURE(path);
    CHECK_FALSE(keyOf(path, NameStyle::kPlain));
  }
  CHECK_FALSE(keyOf("Upper.json", NameStyle::kPortable));
  CHECK_FALSE(keyOf("%2f.json", NameStyle::kPortable));
}

}  // namespace kvista
