// JSON text: what is accepted, where its parts are and what its strings and numbers stand for,
// beside nlohmann's parser and a reader of our own (support/json-tree.h).
#include <cmath>
#include <cstdlib>
#include <string>

#include <nlohmann/json.hpp>

#include "tests/fuzz/support/input.h"
#include "tests/fuzz/support/json-mutator.h"
#include "tests/fuzz/support/json-tree.h"
#include "wasm/text/json-check.h"
#include "wasm/text/json-object.h"
#include "wasm/text/json-scan.h"
#include "wasm/text/utf8.h"

using namespace kvista;
using kvista::fuzz::JsonTree;
using kvista::fuzz::require;
using nlohmann::json;

namespace {

// What nlohmann says of a text: how deep it is, or why it is refused.
struct Judge : nlohmann::json_sax<json> {
  std::size_t depth = 0;
  std::size_t deepest = 0;
  std::string why;

  bool enter() {
    deepest = std::max(deepest, ++depth);
    return true;
  }
  bool leave() {
    --depth;
    return true;
  }
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return enter(); }
  bool key(string_t&) override { return true; }
  bool end_object() override { return leave(); }
  bool start_array(std::size_t) override { return enter(); }
  bool end_array() override { return leave(); }
  bool parse_error(std::size_t, const std::string&, const json::exception& error) override {
    why = error.what();
    return false;
  }
};

void checkAcceptance(std::string_view text) {
  const auto checked = checkJson(text);
  if (text.contains('\0') || text.starts_with("\xEF\xBB\xBF")) {
    require(!checked && checked.error().flaw == JsonFlaw::kMalformed, "NUL and a mark are no JSON");
    return;
  }
  Judge judge;
  const bool isAccepted = json::sax_parse(text, &judge);
  if (isAccepted) {
    require(checked.has_value() == (judge.deepest <= kMaxJsonDepth), "what nlohmann takes is JSON");
    require(checked || checked.error().flaw == JsonFlaw::kTooDeep, "a refusal says: too deep");
    return;
  }
  // What JSON.parse accepts and nlohmann does not.
  const bool isTolerated = judge.why.contains("overflow") || judge.why.contains("surrogate");
  require(isTolerated || !checked, "what nlohmann refuses is no JSON");
}

std::u32string pointsOf(std::string_view quoted) {
  const std::u16string units = fuzz::unitsOf(quoted);
  std::u32string points;
  for (std::size_t i = 0; i < units.size(); ++i) {
    const bool isPair =
        i + 1 < units.size() && units[i] >> 10 == 0x36 && units[i + 1] >> 10 == 0x37;
    points.push_back(isPair ? 0x10000U + ((units[i] & 0x3FFU) << 10) + (units[i + 1] & 0x3FFU)
                            : units[i]);
    if (isPair) ++i;
  }
  return points;
}

void checkString(std::string_view quoted) {
  const std::string text = jsonStringText(quoted);
  const json parsed = json::parse(quoted, nullptr, false);
  require(parsed.is_discarded() || parsed == text, "a string stands for what nlohmann reads");
  require(isUtf8(text) == !parsed.is_discarded(), "it is UTF-8 unless a surrogate is unpaired");
  require(JsonText{quoted}.string() == text, "a string is one for its reader");
}

// Of two strings, the first of which has other text behind it.
void checkOrder(std::string_view fromQuote, std::string_view a, std::string_view b) {
  const auto order = compareJsonStrings(fromQuote, b);
  require(order == (pointsOf(a) <=> pointsOf(b)), "strings are in the order of code points");
}

void checkNumber(std::string_view text) {
  const std::string copy(text);
  const double expected = std::strtod(copy.c_str(), nullptr);
  const std::optional<double> number = JsonText{text}.number();
  require(number.has_value(), "a number is one for its reader");
  if (std::fabs(expected) > 1e-290 && std::fabs(expected) < 1e290) {
    require(std::fabs(*number - expected) <= 1e-11 * std::fabs(expected), "a number is what it is");
  }
  const bool isWhole = copy.find_first_of(".eE") == copy.npos;
  const bool isSmall = std::fabs(expected) < 0x1p53;
  if (isWhole && isSmall) require(*number == expected, "a whole number is exact");
  const std::optional<std::int64_t> integer = JsonText{text}.integer();
  require(integer.has_value() == (isWhole && std::fabs(expected) < 0x1p63) ||
              std::fabs(expected) == 0x1p63,
          "an integer is a number without fraction and exponent that fits");
  if (integer && isSmall) require(static_cast<double>(*integer) == expected, "an integer is exact");
}

void checkPlaces(const JsonScan& scan, std::size_t at, const JsonTree& tree) {
  require(scan.slice(at, scan.valueEnd(at)) == tree.text, "a value is where the reader finds it");
  const char first = tree.text.front();
  if (tree.isString()) checkString(tree.text);
  if (first == '-' || (first >= '0' && first <= '9')) checkNumber(tree.text);
  if (tree.isObject()) {
    auto found = scan.firstMember(at);
    std::string_view before;
    for (const fuzz::JsonTreeMember& member : tree.members) {
      require(found.has_value(), "an object has as many members as the reader finds");
      require(scan.slice(found->begin, found->valueEnd) == member.text, "a member is in its place");
      require(scan.from(found->name).starts_with(member.nameText), "a name is in its place");
      checkString(member.nameText);
      const std::string_view other = before.empty() ? member.nameText : before;
      checkOrder(scan.from(found->name), member.nameText, other);
      before = member.nameText;
      checkPlaces(scan, found->value, member.value);
      found = scan.nextMember(*found);
    }
    require(!found, "an object has no more members than the reader finds");
  }
  if (tree.isArray()) {
    auto found = scan.firstElement(at);
    for (const JsonTree& element : tree.elements) {
      require(found.has_value(), "an array has as many elements as the reader finds");
      checkPlaces(scan, found->value, element);
      found = scan.nextElement(*found);
    }
    require(!found, "an array has no more elements than the reader finds");
  }
}

void checkLookups(std::string_view text, const JsonTree& tree) {
  const std::optional<JsonObject> object = JsonObject::parse(text);
  require(object.has_value() == tree.isObject(), "an object is one for its reader");
  for (const fuzz::JsonTreeMember& member : tree.members) {
    const std::string_view name = member.nameText.substr(1, member.nameText.size() - 2);
    if (name.contains('\\')) continue;
    const std::optional<JsonText> found = object->find(name);
    require(found && found->text == tree.find(member.name)->value.text,
            "the last of a name counts");
  }
  if (object) require(!object->find("no such name here"), "a name that is not there is not found");
}

void checkWriting(std::string_view text) {
  if (!isUtf8(text)) return;
  std::string quoted;
  appendJsonString(quoted, text);
  require(checkJson(quoted).has_value(), "a string that is written is JSON");
  require(jsonStringText(quoted) == text, "a string that is written is read again");
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t most, unsigned seed) {
  return fuzz::mutateJson(data, size, most, seed);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const std::string_view text = input.whole();
  checkWriting(text);
  checkAcceptance(text);
  if (!checkJson(text)) return 0;
  const JsonTree tree = fuzz::readJson(text);
  const JsonScan scan(text);
  checkPlaces(scan, scan.root(), tree);
  checkLookups(text, tree);
  return 0;
}
