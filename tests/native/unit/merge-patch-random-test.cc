// Merge patch against nlohmann's merge_patch on parsed values, for random documents and patches.
#include <initializer_list>
#include <random>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "wasm/text/json-check.h"
#include "wasm/text/merge-patch.h"

using namespace kvista;
using nlohmann::json;

namespace {

// Writes random JSON with repeated names, several spellings of one name and whitespace anywhere.
class Writer {
 public:
  explicit Writer(unsigned seed) : random_(seed) {}

  std::string value(int depth) {
    if (depth == 0 || oneIn(3)) {
      return pick({"0", "-1", "1.5", "2e3", "true", "false", "null", "null", R"("")",
                   R"("s,}]{\"")", R"("\u0041\ud83d\ude00é")", "[]", "{}"});
    }
    return oneIn(4) ? array(depth) : object(depth);
  }

  std::string object(int depth) {
    std::string text = "{";
    for (unsigned left = random_() % 5; left > 0; --left) {
      text += space() + name() + space() + ":" + space() + value(depth - 1) + space();
      if (left > 1) text += ',';
    }
    return text + space() + "}";
  }

  std::string spaced(const std::string& text) { return space() + text + space(); }

  // A change of one character, or the loss of one.
  std::string damaged(std::string text) {
    const std::size_t at = random_() % text.size();
    if (oneIn(2)) return text.erase(at, 1);
    text[at] = pick({"{", "}", "[", "]", ",", ":", "\"", "\\", "u", "0", "e", "-", ".", " "})[0];
    return text;
  }

 private:
  bool oneIn(unsigned n) { return random_() % n == 0; }

  std::string pick(std::initializer_list<const char*> texts) {
    return texts.begin()[random_() % texts.size()];
  }

  std::string name() {
    return pick({R"("a")", R"("\u0061")", R"("b")", R"("c")", R"("a\"")", R"("")", R"("é")",
                 R"("\u00e9")", R"("😀")", R"("\ud83d\ude00")", R"("\\")"});
  }

  std::string space() { return oneIn(3) ? pick({" ", "\n  ", "\t", "\r\n"}) : std::string(); }

  std::string array(int depth) {
    std::string text = "[";
    for (unsigned left = random_() % 4; left > 0; --left) {
      text += spaced(value(depth - 1));
      if (left > 1) text += ',';
    }
    return text + space() + "]";
  }

  std::mt19937 random_;
};

json parsed(const std::string& text) { return json::parse(text, nullptr, false); }

}  // namespace

TEST_CASE("Merge patch agrees with nlohmann's on random values") {
  for (unsigned seed = 0; seed < 40'000; ++seed) {
    Writer writer(seed);
    const std::string document = writer.spaced(seed % 8 ? writer.object(4) : writer.value(4));
    const std::string patch = writer.spaced(seed % 8 ? writer.object(4) : writer.value(4));
    json expected = parsed(document);
    expected.merge_patch(parsed(patch));

    const Result<std::string> result = mergePatch(document, patch);
    INFO("seed " << seed << "\n" << document << "\n" << patch);
    REQUIRE(result.has_value());
    INFO(*result);
    REQUIRE(parsed(*result) == expected);
    // A merge that changes nothing more changes no text either.
    REQUIRE(mergePatch(*result, patch) == *result);
    if (expected.is_object()) REQUIRE(mergePatch(*result, " {} ") == *result);
  }
}

TEST_CASE("Damaged text is merged or refused, as nlohmann accepts or refuses it") {
  std::size_t refused = 0;
  for (unsigned seed = 0; seed < 40'000; ++seed) {
    Writer writer(seed);
    const std::string document = writer.object(3);
    const std::string patch = writer.damaged(writer.object(3));
    INFO("seed " << seed << "\n" << document << "\n" << patch);
    const Result<std::string> result = mergePatch(document, patch);
    // nlohmann alone refuses escapes of unpaired surrogates, which damage can make.
    if (json::accept(patch)) REQUIRE(result.has_value());
    if (!result) {
      REQUIRE(result.error().code == Code::kInvalidArgument);
      REQUIRE(mergePatch(patch, document).error().code == Code::kInvalidValue);
      ++refused;
    } else {
      REQUIRE(checkJson(*result).has_value());
      REQUIRE(mergePatch(patch, document).has_value());
    }
  }
  CHECK(refused > 10'000);
}
