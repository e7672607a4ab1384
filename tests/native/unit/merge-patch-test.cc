// Merge patch: the cases of RFC 7396, what must stay as text, and what must be refused.
#include "wasm/text/merge-patch.h"

#include <string>

#include <catch2/catch_test_macros.hpp>

#include "wasm/text/json-check.h"

using namespace kvista;

namespace {

std::string merged(std::string_view document, std::string_view patch) {
  const Result<std::string> result = mergePatch(document, patch);
  INFO(document << " with " << patch);
  REQUIRE(result.has_value());
  CHECK(checkJson(*result).has_value());
  return *result;
}

Error refused(std::string_view document, std::string_view patch) {
  const Result<std::string> result = mergePatch(document, patch);
  REQUIRE_FALSE(result.has_value());
  CHECK_FALSE(result.error().hint.empty());
  return result.error();
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

bool says(const Error& error, std::string_view words) {
  return error.message.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("Merge patch gives the results of RFC 7396, appendix A") {
  struct Case {
    const char *document, *patch, *result;
  };
  const Case cases[] = {
      {R"({"a":"b"})", R"({"a":"c"})", R"({"a":"c"})"},
      {R"({"a":"b"})", R"({"b":"c"})", R"({"a":"b","b":"c"})"},
      {R"({"a":"b"})", R"({"a":null})", R"({})"},
      {R"({"a":"b","b":"c"})", R"({"a":null})", R"({"b":"c"})"},
      {R"({"a":["b"]})", R"({"a":"c"})", R"({"a":"c"})"},
      {R"({"a":"c"})", R"({"a":["b"]})", R"({"a":["b"]})"},
      {R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})", R"({"a":{"b":"d"}})"},
      {R"({"a":[{"b":"c"}]})", R"({"a":[1]})", R"({"a":[1]})"},
      {R"(["a","b"])", R"(["c","d"])", R"(["c","d"])"},
      {R"({"a":"b"})", R"(["c"])", R"(["c"])"},
      {R"({"a":"foo"})", R"(null)", R"(null)"},
      {R"({"a":"foo"})", R"("bar")", R"("bar")"},
      {R"({"e":null})", R"({"a":1})", R"({"e":null,"a":1})"},
      {R"([1,2])", R"({"a":"b","c":null})", R"({"a":"b"})"},
      {R"({})", R"({"a":{"bb":{"ccc":null}}})", R"({"a":{"bb":{}}})"},
  };
  for (const Case& c : cases) CHECK(merged(c.document, c.patch) == c.result);
}

TEST_CASE("Merge patch gives the result of the example in RFC 7396, section 3") {
  const char* document = R"({
    "title": "Goodbye!",
    "author" : {
      "givenName" : "John",
      "familyName" : "Doe"
    },
    "tags":[ "example", "sample" ],
    "content": "This will be unchanged"
  })";
  const char* patch = R"({
    "title": "Hello!",
    "phoneNumber": "+01-123-456-7890",
    "author": {
      "familyName": null
    },
    "tags": [ "example" ]
  })";
  CHECK(merged(document, patch) == R"({
    "title": "Hello!",
    "author" : {
      "givenName" : "John"
    },
    "tags":[ "example" ],
    "content": "This will be unchanged",
    "phoneNumber": "+01-123-456-7890"
  })");
}

TEST_CASE("Members that the patch does not name keep their order and their exact text") {
  const std::string document =
      R"({ "z":1234567890123456789012,"-":-0 , "e" : 1E2,"s":"\u0061\/\ud800\uD83D\uDE00",)"
      "\n\t"
      R"("n":{"b" :[ 1.0,1e400 ],"a":0.10},"x":null,"last":1 } )";
  CHECK(merged(document, "{}") == document);
  CHECK(merged(document, R"({"absent":null,"gone":null})") == document);
  CHECK(merged(document, R"({"n":{}})") == document);

  std::string expected = document;
  expected.replace(expected.find("1E2"), 3, "[7 ,8]");
  CHECK(merged(document, R"({"e":[7 ,8]})") == expected);
  expected = document;
  expected.replace(expected.find("0.10"), 4, R"(0.10,"c": 5)");
  CHECK(merged(document, R"({"n":{"c": 5}})") == expected);
  expected = document;
  expected.replace(expected.find(R"("-":-0 ,)"), 8, "");
  CHECK(merged(document, R"({"-":null})") == expected);
}

TEST_CASE("New members come last, in the patch's order and text") {
  CHECK(merged(R"({"m":1})", R"({"z" : 1e+2, "a":-0,"k":"\u006b"})") ==
        R"({"m":1,"z" : 1e+2,"a":-0,"k":"\u006b"})");
  CHECK(merged("{}", R"({"b":1,"a":2})") == R"({"b":1,"a":2})");
  CHECK(merged("{\n  \"a\": 1\n}\n", R"({"b": 2})") == "{\n  \"a\": 1,\n  \"b\": 2\n}\n");
  CHECK(merged(R"({"a":null})", R"({"a":{"x":1,"n":null , "y":[null,{"n":null}]}})") ==
        R"({"a":{"x":1, "y":[null,{"n":null}]}})");
}

TEST_CASE("Removing leaves valid JSON, wherever the member stood") {
  const std::string document = R"({"a":1,"b":2,"c":3})";
  CHECK(merged(document, R"({"a":null})") == R"({"b":2,"c":3})");
  CHECK(merged(document, R"({"b":null})") == R"({"a":1,"c":3})");
  CHECK(merged(document, R"({"c":null})") == R"({"a":1,"b":2})");
  CHECK(merged(document, R"({"c":null,"a":null})") == R"({"b":2})");
  CHECK(merged(document, R"({"c":null,"a":null,"b":null})") == "{}");
  CHECK(merged(document, R"({"c":null,"a":null,"b":null,"d":4})") == R"({"d":4})");
  CHECK(merged("{\n  \"a\": 1,\n  \"b\": 2\n}", R"({"b":null})") == "{\n  \"a\": 1\n}");
  CHECK(merged("{\n  \"a\": 1,\n  \"b\": 2\n}", R"({"a":null})") == "{\n  \"b\": 2\n}");
}

TEST_CASE("A patch that is no object replaces the document, nulls and all") {
  CHECK(merged(R"({"a":1})", R"( [null,{"a":null}] )") == R"([null,{"a":null}])");
  CHECK(merged("[1]", "1E2") == "1E2");
  CHECK(merged("1", R"({"a":{"b":null,"c":-0}})") == R"({"a":{"c":-0}})");
  CHECK(merged("null", "{}") == "{}");
}

TEST_CASE("Of members of one name in the document the last counts, and one or none is left") {
  const std::string document = R"({"a":{"x":1},"b":0,"a":{"y":2},"\u0061":{"z":3}})";
  CHECK(merged(document, R"({"a":{"w":4}})") == R"({"b":0,"\u0061":{"z":3,"w":4}})");
  CHECK(merged(document, R"({"a":5})") == R"({"b":0,"\u0061":5})");
  CHECK(merged(document, R"({"a":null})") == R"({"b":0})");
  CHECK(merged(document, R"({"b":1})") == R"({"a":{"x":1},"b":1,"a":{"y":2},"\u0061":{"z":3}})");
}

TEST_CASE("Of members of one name in the patch the last counts") {
  CHECK(merged(R"({"a":1})", R"({"a":null,"a":2})") == R"({"a":2})");
  CHECK(merged(R"({"a":1})", R"({"a":2,"\u0061":null})") == "{}");
  CHECK(merged("{}", R"({"n":1,"m":2,"n":3})") == R"({"m":2,"n":3})");
  CHECK(merged("{}", R"({"o":{"n":1,"n":null,"m":{"k":1},"m":{"l":2}}})") ==
        R"({"o":{"m":{"l":2}}})");
}

TEST_CASE("Names are compared as what they stand for") {
  CHECK(merged(R"({"\u0061":1,"é":2})", R"({"a":3,"\u00E9":null})") == R"({"\u0061":3})");
  CHECK(merged(R"({"😀":1})", R"({"\ud83d\ude00":2})") == R"({"😀":2})");
  CHECK(merged(R"({"\ud800":1,"\udc00":2})", R"({"\uD800":null})") == R"({"\udc00":2})");
  CHECK(merged(R"({"a\"b":1})", R"({"a":2})") == R"({"a\"b":1,"a":2})");
  CHECK(merged(R"({"__proto__":1,"":2})", R"({"":3,"constructor":4})") ==
        R"({"__proto__":1,"":3,"constructor":4})");
}

TEST_CASE("A malformed patch is the caller's mistake, a malformed document a wrong value") {
  for (const char* bad : {"", "{", "{\"a\":1,}", "hello", "{\"a\":1}{}", "\xFF", "{'a':1}"}) {
    const Error patch = refused("{}", bad);
    CHECK(patch.code == Code::kInvalidArgument);
    CHECK(says(patch, "the patch is not JSON"));
    for (const char* other : {"{}", "1"}) {
      const Error document = refused(bad, other);
      CHECK(document.code == Code::kInvalidValue);
      CHECK(says(document, "the stored value is not JSON"));
    }
    CHECK(refused(bad, bad).code == Code::kInvalidArgument);
  }
}

TEST_CASE("Every truncation of a document and of a patch is refused") {
  const std::string text =
      R"({"a":[1.5e3,"x\ud83d\ude00\"é",{"b":null}],"c":{"d":[true,false]}, "e" : "\\" })";
  REQUIRE(mergePatch(text, text).has_value());
  for (std::size_t length = 0; length < text.size(); ++length) {
    CHECK(refused(text.substr(0, length), "{}").code == Code::kInvalidValue);
    CHECK(refused("{}", text.substr(0, length)).code == Code::kInvalidArgument);
  }
}

TEST_CASE("Deep nesting is merged up to 256 levels and refused beyond") {
  const auto nested = [](std::size_t depth, const char* inner) {
    return repeated(R"({"a":)", depth) + inner + repeated("}", depth);
  };
  CHECK(merged(nested(256, "1"), nested(256, "2")) == nested(256, "2"));
  CHECK(merged(nested(255, "{}"), nested(256, "null")) == nested(255, "{}"));
  CHECK(merged("1", nested(256, "null")) == nested(255, "{}"));
  for (const std::size_t depth : {257U, 5000U, 500'000U}) {
    const std::string deep = nested(depth, "1");
    const Error patch = refused("{}", deep);
    CHECK(patch.code == Code::kInvalidArgument);
    CHECK(says(patch, "256"));
    const Error document = refused(deep, "{}");
    CHECK(document.code == Code::kInvalidValue);
    CHECK(says(document, "256"));
    CHECK(refused(repeated("[", depth), "{}").code == Code::kInvalidValue);
  }
}

TEST_CASE("What is over 4 MiB is refused, and the message names both numbers") {
  const std::string fits = '"' + std::string(kMaxJsonBytes - 2, 'v') + '"';
  CHECK(merged("{}", fits) == fits);
  CHECK(merged(fits, "1") == "1");
  const std::string large = ' ' + fits;
  for (const Error& error : {refused("{}", large), refused(large, "{}")}) {
    CHECK(error.code == Code::kTooLarge);
    CHECK(says(error, "4194305"));
    CHECK(says(error, "4194304"));
  }
  const Error result = refused(R"({"a":")" + std::string(3'000'000, 'v') + "\"}",
                               R"({"b":")" + std::string(3'000'000, 'v') + "\"}");
  CHECK(result.code == Code::kTooLarge);
  CHECK(says(result, "4194304"));
}

TEST_CASE("Whitespace that new members would repeat does not multiply a document") {
  const std::string document = "{" + std::string(1'000'000, ' ') + "\"a\":1}";
  std::string patch = "{";
  for (int i = 0; i < 100'000; ++i) patch += '"' + std::to_string(i) + "\":0,";
  patch.back() = '}';
  CHECK(refused(document, patch).code == Code::kTooLarge);
}

TEST_CASE("A merge of many members, of much nesting and of many repetitions ends soon") {
  std::string many = "{";
  for (int i = 0; i < 300'000; ++i) many += "\"" + std::to_string(i) + "\":0,";
  many.back() = '}';
  CHECK(merged(many, many) == many);
  CHECK(merged("{}", many) == many);

  const std::string same = "{" + repeated(R"("a":{},)", 500'000) + R"("a":{}})";
  CHECK(merged(same, R"({"a":{"b":1}})") == R"({"a":{"b":1}})");
  CHECK(merged("{}", same) == R"({"a":{}})");

  const std::string array = "[" + repeated("{},", 1'000'000) + "{}]";
  const std::string deep = repeated(R"({"a":)", 250) + array + repeated("}", 250);
  const std::string patch = repeated(R"({"a":)", 250) + R"({"b":1})" + repeated("}", 250);
  CHECK(merged(deep, patch) == patch);
  CHECK(merged(patch, deep) == deep);
}
