#include "wasm/text/json-object.h"

#include <cmath>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

using kvista::JsonObject;
using kvista::JsonText;

namespace {

std::optional<double> numberOf(std::string_view text) { return JsonText{text}.number(); }

}  // namespace

TEST_CASE("A member is found by what its name stands for, and the last of a name counts") {
  const std::string text = R"( {"a":1, "\u006bind" : "x", "b":{"a":2}, "a":[3], "":4} )";
  const auto object = JsonObject::parse(text);
  REQUIRE(object);
  CHECK(object->find("a")->text == "[3]");
  CHECK(object->find("kind")->string() == "x");
  CHECK(object->find("")->integer() == 4);
  CHECK(JsonObject::parse(object->find("b")->text)->find("a")->integer() == 2);
  CHECK_FALSE(object->find("c"));
}

TEST_CASE("What is no JSON object is none") {
  for (const char* text : {"", "[]", "1", "null", "\"{}\"", "{", "{}x", "{\"a\":}", "{a:1}"}) {
    INFO(text);
    CHECK_FALSE(JsonObject::parse(text));
  }
  CHECK(JsonObject::parse("{}"));
}

TEST_CASE("A string is what it stands for, as UTF-8") {
  const auto stringOf = [](std::string_view text) { return JsonText{text}.string(); };
  CHECK(stringOf(R"("plain")") == "plain");
  CHECK(stringOf(R"("\"\\\/\b\f\n\r\t")") == "\"\\/\b\f\n\r\t");
  CHECK(stringOf(R"("\u0041\u00e9\u20ac\uD83D\uDE00é€")") == "Aé€😀é€");
  CHECK(stringOf(R"("\u07ff\u0800\uffff\udbff\udfff")") == "\u07ff\u0800\uffff\U0010ffff");
  // An unpaired surrogate has no UTF-8 form: the bytes are refused wherever UTF-8 is asked for.
  CHECK(stringOf(R"("\ud800")") == "\xED\xA0\x80");
  CHECK_FALSE(stringOf("12"));
  CHECK_FALSE(stringOf("null"));
}

TEST_CASE("A number is a double, and an integer only if it is written as one") {
  CHECK(numberOf("0") == 0);
  CHECK(numberOf("64.0") == 64);
  CHECK(numberOf("-12500e-2") == -125);
  CHECK(numberOf("1E3") == 1000);
  CHECK(numberOf("6.7108864e+7") == 67108864);
  CHECK(numberOf("0.5") == 0.5);
  CHECK(numberOf("0e999999999999") == 0);
  CHECK(std::isinf(*numberOf("1e999999999999")));
  CHECK(numberOf("1e-999999999999") == 0);
  CHECK_FALSE(numberOf("true"));
  CHECK_FALSE(numberOf("\"1\""));
  CHECK(JsonText{"-9223372036854775808"}.integer() == INT64_MIN);
  CHECK_FALSE(JsonText{"9223372036854775808"}.integer());
  CHECK_FALSE(JsonText{"1.0"}.integer());
  CHECK_FALSE(JsonText{"1e3"}.integer());
}

TEST_CASE("A written string reads as it was") {
  std::string all;
  for (char c = 0; c < 0x7f; ++c) all.push_back(c);
  all += "é€😀";
  std::string text;
  kvista::appendJsonString(text, all);
  CHECK(nlohmann::json::parse(text).get<std::string>() == all);
  CHECK(JsonText{text}.string() == all);
}
