// What counts as JSON, and the bounds of it.
#include "wasm/text/json-check.h"

#include <string>

#include <catch2/catch_test_macros.hpp>

using namespace kvista;

namespace {

bool isJson(std::string_view text) { return checkJson(text).has_value(); }

std::string repeated(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

std::string nested(std::size_t depth) { return repeated("[", depth) + repeated("]", depth); }

JsonFlaw flawOf(std::string_view text) {
  const auto checked = checkJson(text);
  REQUIRE_FALSE(checked.has_value());
  return checked.error().flaw;
}

}  // namespace

TEST_CASE("What JSON.parse accepts is JSON") {
  for (const char* text :
       // clang-format off
       {"0", "-0", "1E2", "1e+2", "0.10", "-1.5e-3", "1234567890123456789012", "true", "false",
        "null", "\"\"", R"("\"\\\/\b\f\n\r\t")", R"("é€😀")", "\"\x7F\"", "[]", "{}",
        " [ 1 , 2 ]\r\n\t", R"({ "a" : { } })", R"({"a":1,"a":2})", R"({"":0})"}) {
    // clang-format on
    CHECK(isJson(text));
  }
}

TEST_CASE("What JSON.parse refuses is not JSON") {
  for (const char* text :
       // clang-format off
       {"", " ", "01", "00", "-", "-01", "1.", ".5", "+1", "1e", "1e+", "0x1", "NaN", "Infinity",
        "tru", "nul", "True", "'a'", "\"", "\"a", "\"\\", R"("\x")", R"("\u12")", R"("\u12g4")",
        R"("\ud8g0")", "\"\n\"", "\"\x01\"", "[", "]", "[1", "[1,]", "[,1]", "[1 2]", "{", "{]",
        "[}", R"({"a"})", R"({"a":})", R"({"a":1,})", R"({a:1})", R"({1:1})", "1 2", "[] []",
        "// x\n1", "/**/1", "\xEF\xBB\xBF[]", "\xA0[]", "\"\xFF\"", "\"\xED\xA0\x80\""}) {
    // clang-format on
    INFO(text);
    CHECK_FALSE(isJson(text));
  }
  for (const std::string_view text :
       {std::string_view("1\0", 2), std::string_view("\0", 1), std::string_view("{}\0{", 4),
        std::string_view("\"\0\"", 3)}) {
    CHECK_FALSE(isJson(text));
  }
}

TEST_CASE("Numbers of any magnitude are JSON, and malformed ones are not for being long") {
  const std::string digits(100'000, '7');
  for (const std::string& text : {digits, "-" + digits, "0." + digits, "1e" + digits,
                                  "1e-" + digits, digits + "." + digits + "E+" + digits}) {
    CHECK(isJson(text));
    CHECK(isJson("[" + text + "]"));
    CHECK_FALSE(isJson("0" + text));
    CHECK_FALSE(isJson(text + "."));
    CHECK_FALSE(isJson(text + "-"));
    CHECK_FALSE(isJson(text + "e"));
  }
  CHECK(isJson("1e400"));
  CHECK(isJson("99.99e99"));
}

TEST_CASE("Escapes of unpaired surrogates are JSON") {
  for (const char* text :
       // clang-format off
       {R"("\ud800")", R"("\uDFFF")", R"("\udbff\udbff")", R"("\uDC00\uD800")",
        R"("\ud800x")", R"("\ud83d\ude00")", R"({"\ud800":"\ud800\n"})"}) {
    // clang-format on
    CHECK(isJson(text));
  }
}

TEST_CASE("No beginning and no end of a JSON object is JSON") {
  const std::string text = R"({"a":[1.5e3,"x\ud83d\ude00\"é",{"b":null}],"c":{"d":[true,false]}})";
  REQUIRE(isJson(text));
  for (std::size_t length = 0; length < text.size(); ++length) {
    CHECK_FALSE(isJson(std::string_view(text).substr(0, length)));
    CHECK_FALSE(isJson(std::string_view(text).substr(text.size() - length)));
  }
}

TEST_CASE("256 levels are JSON, 257 are too deep, however they are made") {
  CHECK(isJson(nested(256)));
  CHECK(flawOf(nested(257)) == JsonFlaw::kTooDeep);
  CHECK(flawOf(nested(5000)) == JsonFlaw::kTooDeep);
  CHECK(flawOf(std::string(1'000'000, '[')) == JsonFlaw::kTooDeep);
  CHECK(flawOf(repeated(R"({"a":)", 5000)) == JsonFlaw::kTooDeep);
  CHECK(isJson(repeated(R"({"a":)", 256) + "1" + repeated("}", 256)));
  CHECK(flawOf(repeated(R"([{"a":)", 129) + "1" + repeated("}]", 129)) == JsonFlaw::kTooDeep);
  CHECK(isJson("[" + repeated("[],", 1000) + "[]]"));
  CHECK(flawOf(std::string(256, '[')) == JsonFlaw::kMalformed);
}

TEST_CASE("4 MiB are accepted, one byte more is too large") {
  CHECK(isJson('"' + std::string(kMaxJsonBytes - 2, 'a') + '"'));
  CHECK(flawOf('"' + std::string(kMaxJsonBytes - 1, 'a') + '"') == JsonFlaw::kTooLarge);
  CHECK(flawOf(std::string(kMaxJsonBytes + 1, '[')) == JsonFlaw::kTooLarge);
}

TEST_CASE("A refusal tells about where") {
  const std::string before = R"(["a string that the parser does not see", 12345, )";
  for (const char* wrong : {"x", "]", "}", "\\"}) {
    const auto checked = checkJson(before + wrong + ", 1]");
    REQUIRE_FALSE(checked.has_value());
    CHECK(checked.error().at >= before.size());
    CHECK(checked.error().at <= before.size() + 2);
  }
  CHECK(checkJson("[1,").error() == JsonRefusal{JsonFlaw::kMalformed, 3});
}
