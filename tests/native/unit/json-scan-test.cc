// Positions of members in JSON text, and the order of JSON strings.
#include "wasm/text/json-scan.h"

#include <string>
#include <utility>
#include <vector>

#include <catch2/catch_test_macros.hpp>

using namespace kvista;

namespace {

// The members of the text's object, as the texts of names and values.
std::vector<std::pair<std::string, std::string>> members(const std::string& text) {
  const JsonScan scan(text);
  std::vector<std::pair<std::string, std::string>> found;
  for (auto m = scan.firstMember(scan.root()); m; m = scan.nextMember(*m)) {
    const std::string beforeValue(scan.slice(m->name, m->value));
    found.emplace_back(beforeValue.substr(0, beforeValue.rfind('"') + 1),
                       scan.slice(m->value, m->valueEnd));
    CHECK((scan.at(m->end) == ',' || scan.at(m->end) == '}'));
    CHECK((scan.at(m->begin - 1) == ',' || scan.at(m->begin - 1) == '{'));
  }
  return found;
}

bool isSame(std::string_view a, std::string_view b) {
  const bool same = compareJsonStrings(a, b) == 0;
  CHECK(same == (compareJsonStrings(b, a) == 0));
  return same;
}

}  // namespace

TEST_CASE("Members are found with their exact text, whatever they hold") {
  const std::vector<std::string> values = {
      "-0",
      "1E2",
      "true",
      "null",
      R"("a,b}]\"{[")",
      R"("\\")",
      "[]",
      "{}",
      "[1,[2,{\"x\":\"]\"}]]",
      R"({"y":{"z":"}"},"w":[{}]})",
      "\"" + std::string(100, 'x') + "\"",
      "[" + std::string(40, '[') + std::string(40, ']') + ",{\"a\":[0]}]",
      R"({"long":{"longer":[1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6,7]},"b":{}})"};
  for (const char* space : {"", " ", "\r\n\t "}) {
    std::string text = std::string(space) + "{";
    std::vector<std::pair<std::string, std::string>> expected;
    for (std::size_t i = 0; i < values.size(); ++i) {
      expected.emplace_back(R"("n\"{)" + std::to_string(i) + "\"", values[i]);
      if (i > 0) text += ',';
      text += space + expected.back().first + space + ":" + space + values[i] + space;
    }
    text += std::string("}") + space;
    CHECK(members(text) == expected);
  }
  CHECK(members("{}").empty());
  CHECK(members(" { } ").empty());
}

TEST_CASE("A value ends where it ends, at every depth") {
  std::string text = "1";
  for (int depth = 0; depth < 255; ++depth) text = R"({"a":)" + text + R"(,"b":[{}]})";
  const JsonScan scan(text);
  std::size_t object = scan.root();
  for (int depth = 0; depth < 255; ++depth) {
    REQUIRE(scan.at(scan.valueEnd(object) - 1) == '}');
    const auto first = scan.firstMember(object);
    const auto second = scan.nextMember(*first);
    REQUIRE(scan.slice(second->value, second->valueEnd) == "[{}]");
    REQUIRE(scan.valueEnd(object) == second->end + 1);
    object = first->value;
  }
  CHECK(scan.valueEnd(scan.root()) == text.size());
  CHECK(scan.slice(object, scan.valueEnd(object)) == "1");
}

TEST_CASE("Strings are the same when they stand for the same text") {
  CHECK(isSame(R"("a")", R"("\u0061")"));
  CHECK(isSame(R"("\u00E9")", R"("é")"));
  CHECK(isSame(R"("\u20ac")", R"("€")"));
  CHECK(isSame(R"("\uD83D\ude00")", R"("😀")"));
  CHECK(isSame(R"("\b\f\n\r\t\"\\\/")", R"("\u0008\u000c\u000A\u000d\u0009\u0022\u005C/")"));
  CHECK(isSame(R"("\ud800")", R"("\uD800")"));
  CHECK(isSame(R"("" : 1)", R"("")"));
  CHECK_FALSE(isSame(R"("a")", R"("ab")"));
  CHECK_FALSE(isSame(R"("a")", R"("")"));
  CHECK_FALSE(isSame(R"("a\"")", R"("a")"));
  CHECK_FALSE(isSame(R"("\ud800")", R"("\ud801")"));
  CHECK_FALSE(isSame(R"("\ud83dx\ude00")", R"("😀x")"));
  CHECK_FALSE(isSame(R"("\ud800")", R"("\ufffd")"));
  CHECK_FALSE(isSame(R"("\ud83d\u0061")", R"("\ud83d")"));
}

TEST_CASE("The order of strings is that of their code points, and total") {
  // Ascending; the members of a group are equal.
  const std::vector<std::vector<const char*>> groups = {
      {R"("")"},
      {R"("\u0000")"},
      {R"("a")", R"("\u0061")"},
      {R"("ab")", R"("\u0061b")", R"("a\u0062")"},
      {R"("b")"},
      {R"("é")", R"("\u00e9")"},
      {R"("éa")", R"("\u00e9\u0061")"},
      {R"("€")", R"("\u20ac")"},
      {R"("\ud800")"},
      {R"("\udfff")"},
      {R"("\uffff")"},
      {R"("😀")", R"("\ud83d\ude00")"},
      {R"("😁")", R"("\ud83d\ude01")"},
  };
  for (std::size_t i = 0; i < groups.size(); ++i) {
    for (std::size_t j = 0; j < groups.size(); ++j) {
      for (const char* a : groups[i]) {
        for (const char* b : groups[j]) {
          INFO(a << " and " << b);
          CHECK((compareJsonStrings(a, b) == (i <=> j)));
        }
      }
    }
  }
}
