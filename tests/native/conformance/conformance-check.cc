#include "tests/native/conformance/conformance-check.h"

#include <cmath>
#include <set>

#include <catch2/catch_test_macros.hpp>

#include "wasm/contract/version.h"

namespace kvista::test {

void Checker::check(const Json& step, const Call& call, const Told& told) {
  if (step.contains("fails")) return checkFailure(step, told);
  if (told.error) {
    FAIL(nameOf(told.error->code) << ": " << told.error->message);
  }
  if (step.contains("as")) capture(step, call, told);
  switch (call.op) {
    case Op::kGet:
      if (step.contains("gives")) compareValue(step["gives"], told.present, told.value);
      break;
    case Op::kList:
    case Op::kPage:
      compareKeys(step, told.keys);
      if (step.contains("gives") && step["gives"].is_object() && step["gives"].contains("more")) {
        CHECK(told.cursor.has_value() == step["gives"]["more"].get<bool>());
      }
      break;
    case Op::kGetMany:
    case Op::kSetMany:
    case Op::kDeleteMany:
      compareItems(step, call, told);
      break;
    case Op::kDiagnose:
      compareFindings(step, told);
      break;
    default:
      if (step.contains("gives")) compareEntry(step["gives"], call, told);
      break;
  }
}

void Checker::compareValue(const Json& expected, bool present, const std::string& value) {
  REQUIRE(present == !expected.is_null());
  if (!present) return;
  const std::string text = expand(expected, names_).utf8;
  // Large texts are not shown.
  if (text.size() < 1000) CHECK(value == text);
  REQUIRE((value == text));
}

void Checker::compareKeys(const Json& step, const std::vector<std::string>& keys) {
  if (step.contains("counts")) CHECK(keys.size() == step["counts"].get<std::size_t>());
  if (!step.contains("gives")) return;
  const Json& gives = step["gives"];
  if (gives.is_object() && !gives.contains("series") && !gives.contains("keys")) return;
  const Json& list = gives.is_object() && gives.contains("keys") ? gives["keys"] : gives;
  std::vector<std::string> expected;
  for (const Text& key : expandKeys(list, names_)) expected.push_back(key.utf8);
  CHECK(keys == expected);
}

void Checker::compareExpiry(const Json& expected, std::optional<std::int64_t> expiresAt) {
  if (expected.is_null()) {
    CHECK_FALSE(expiresAt.has_value());
    return;
  }
  REQUIRE(expiresAt);
  const auto told = static_cast<double>(*expiresAt);
  if (expected.is_number()) {
    CHECK(told == expected.get<double>());
    return;
  }
  const double from = std::floor(startedAt_ / 1000) + expected["fromNow"].get<double>();
  CHECK(told >= from);
  CHECK(told <= from + 2);
}

void Checker::compareEntry(const Json& expected, const Call& call, const Told& told) {
  if (call.op == Op::kEntry || call.op == Op::kPatch) {
    REQUIRE(told.present == !expected.is_null());
    if (!told.present) return;
    CHECK(told.version == versionOf(told.value));
  }
  if (expected.contains("value")) compareValue(expected["value"], true, told.value);
  if (expected.contains("version")) {
    CHECK(told.version == expandVersion(expected["version"], names_));
  }
  if (expected.contains("expiresAt")) compareExpiry(expected["expiresAt"], told.expiresAt);
}

void Checker::compareItems(const Json& step, const Call& call, const Told& told) {
  REQUIRE(told.items.size() == call.items.size());
  if (step.contains("counts")) {
    std::size_t count = 0;
    for (const ItemOutcome& one : told.items) {
      count += call.op == Op::kGetMany ? one.present : !one.error;
    }
    CHECK(count == step["counts"].get<std::size_t>());
  }
  for (std::size_t i = 0; i < call.items.size(); ++i) {
    const ItemOutcome& one = told.items[i];
    if (call.op == Op::kGetMany) REQUIRE_FALSE(one.error);
    if (!step.contains("gives")) {
      CHECK_FALSE(one.error);
      continue;
    }
    INFO("item " << i);
    const Json& expected = step["gives"][i];
    if (call.op == Op::kGetMany) {
      compareValue(expected, one.present, one.value);
    } else if (expected.is_string() && expected != "ok") {
      REQUIRE(one.error);
      CHECK(std::string(nameOf(one.error->code)) == expected.get<std::string>());
      CHECK_FALSE(one.error->hint.empty());
    } else {
      REQUIRE_FALSE(one.error);
      if (!expected.is_object()) continue;
      if (expected.contains("expiresAt")) compareExpiry(expected["expiresAt"], one.expiresAt);
    }
  }
  if (step.contains("gives")) CHECK(step["gives"].size() == told.items.size());
}

void Checker::compareFindings(const Json& step, const Told& told) {
  const Json findings = Json::parse(told.value, nullptr, false);
  REQUIRE(findings.is_array());
  std::set<std::string> found;
  for (const Json& one : findings) {
    found.insert(one["name"].get<std::string>());
    CHECK_FALSE(one["hint"].get<std::string>().empty());
    CHECK_FALSE(one["message"].get<std::string>().empty());
  }
  for (const Json& name : step.value("gives", Json::array())) {
    CHECK(found.contains(name.get<std::string>()));
  }
}

void Checker::checkFailure(const Json& step, const Told& told) {
  REQUIRE(told.error);
  CHECK(std::string(nameOf(told.error->code)) == step["fails"].get<std::string>());
  CHECK_FALSE(told.error->hint.empty());
  if (!step.contains("says")) return;
  INFO("it says: " << told.error->message);
  CHECK(told.error->message.find(step["says"].get<std::string>()) != std::string::npos);
}

void Checker::capture(const Json& step, const Call& call, const Told& told) {
  REQUIRE((call.op != Op::kPage || told.cursor));
  names_.captured[step["as"].get<std::string>()] =
      call.op == Op::kPage ? *told.cursor : told.version;
}

}  // namespace kvista::test
