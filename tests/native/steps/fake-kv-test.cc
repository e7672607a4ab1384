// The fake Workers KV passes the suite of the real binding (tests/conformance/host.json), and does
// what only the platform does.
#include "tests/native/fakes/fake-kv.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/native/conformance/conformance-text.h"

using namespace kvista::test;

namespace {

using Found = std::optional<FakeKv::Found>;

void checkFound(const Json& expected, const Found& found, const Names& names) {
  REQUIRE(found.has_value() == !expected.is_null());
  if (!found) return;
  CHECK((found->value == expand(expected["value"], names).utf8));
  CHECK(found->metadata == (expected["metadata"].is_null() ? "" : expected["metadata"].dump()));
}

void checkThrown(const Json& step, const FakeKv::Thrown& thrown) {
  if (!step.contains("throws")) {
    INFO("it threw: " << thrown.value_or(""));
    REQUIRE_FALSE(thrown);
    return;
  }
  REQUIRE(thrown);
  INFO("it threw: " << *thrown);
  CHECK(thrown->find(step["throws"].get<std::string>()) != std::string::npos);
}

void runList(FakeKv& kv, const Json& step, Names& names) {
  const Json& options = step["list"];
  const auto text = [&](const char* member) {
    return options.contains(member) ? expand(options[member], names).utf8 : std::string();
  };
  const auto limit =
      options.contains("limit") ? std::optional(options["limit"].get<double>()) : std::nullopt;
  FakeKv::Page page;
  const FakeKv::Thrown thrown = kv.list(text("prefix"), limit, text("cursor"), page);
  checkThrown(step, thrown);
  if (thrown) return;
  if (step.contains("as")) names.captured[step["as"].get<std::string>()] = page.cursor;
  if (!step.contains("gives")) return;
  CHECK(page.complete == step["gives"]["complete"].get<bool>());
  if (step["gives"].contains("counts")) {
    CHECK(page.keys.size() == step["gives"]["counts"].get<std::size_t>());
    return;
  }
  std::vector<std::string> keys;
  for (const FakeKv::Listed& one : page.keys) keys.push_back(one.name);
  std::vector<std::string> expected;
  for (const Text& key : expandKeys(step["gives"]["keys"], names)) expected.push_back(key.utf8);
  CHECK(keys == expected);
}

void runPut(FakeKv& kv, const Json& step, const Names& names) {
  const Json& arguments = step["put"];
  const Json options = arguments.size() > 2 ? arguments[2] : Json::object();
  std::optional<double> ttl;
  std::string metadata;
  if (options.contains("expirationTtl")) ttl = options["expirationTtl"].get<double>();
  if (options.contains("metadata")) {
    const Json& given = options["metadata"];
    const bool isText = given.is_object() && given.contains("$text");
    metadata = isText ? Json(expand(given["$text"], names).utf8).dump() : given.dump();
  }
  checkThrown(step, kv.put(expand(arguments[0], names).utf8, expand(arguments[1], names).utf8, ttl,
                           metadata));
}

void runStep(FakeKv& kv, const Json& step, Names& names) {
  if (step.contains("put")) return runPut(kv, step, names);
  if (step.contains("list")) return runList(kv, step, names);
  if (step.contains("delete"))
    return checkThrown(step, kv.remove(expand(step["delete"], names).utf8));
  if (step.contains("fill")) {
    for (const Text& key : expandKeys(step["fill"], names))
      REQUIRE_FALSE(kv.put(key.utf8, "x", {}, ""));
    return;
  }
  if (step.contains("get")) {
    Found found;
    const FakeKv::Thrown thrown = kv.get(expand(step["get"], names).utf8, found);
    checkThrown(step, thrown);
    if (!thrown && step.contains("gives")) checkFound(step["gives"], found, names);
    return;
  }
  REQUIRE(step.contains("bulk"));
  std::vector<std::string> keys;
  for (const Text& key : expandKeys(step["bulk"], names)) keys.push_back(key.utf8);
  std::vector<Found> found;
  const FakeKv::Thrown thrown = kv.getMany(keys, found);
  checkThrown(step, thrown);
  if (thrown || !step.contains("gives")) return;
  for (std::size_t i = 0; i < keys.size(); ++i) checkFound(step["gives"][i], found[i], names);
}

}  // namespace

TEST_CASE("The fake Workers KV passes the host suite of the real binding") {
  const Json suite = readConformanceFile("host.json");
  for (const Json& one : suite["cases"]) {
    INFO(one["name"].get<std::string>());
    Loop loop;
    FakeKv kv([&] { return loop.nowMs(); });
    Names names;
    for (const Json& step : one["steps"]) {
      INFO(step.dump(-1, ' ', true).substr(0, 200));
      runStep(kv, step, names);
    }
  }
}

TEST_CASE("The fake Workers KV forgets a value when its expiration has come") {
  Loop loop;
  FakeKv kv([&] { return loop.nowMs(); });
  REQUIRE_FALSE(kv.put("a", "1", 60, ""));
  loop.advance(59'000);
  CHECK(kv.size() == 1);
  loop.advance(1'000);
  CHECK(kv.size() == 0);
}

TEST_CASE("The fake Workers KV refuses a second write of a key within a second when it throttles") {
  Loop loop;
  FakeKv kv([&] { return loop.nowMs(); });
  kv.throttles = true;
  CHECK_FALSE(kv.put("a", "1", {}, ""));
  CHECK_FALSE(kv.put("b", "1", {}, ""));
  loop.advance(999);
  const FakeKv::Thrown thrown = kv.put("a", "2", {}, "");
  REQUIRE(thrown);
  CHECK(thrown->find("429 Too Many Requests") != std::string::npos);
  loop.advance(1);
  CHECK_FALSE(kv.put("a", "3", {}, ""));
}

TEST_CASE("The fake Workers KV shows old values, and old absences, for as long as it is told") {
  Loop loop;
  FakeKv kv([&] { return loop.nowMs(); });
  kv.staleMs = 60'000;
  Found found;
  REQUIRE_FALSE(kv.put("a", "1", {}, ""));
  REQUIRE_FALSE(kv.get("a", found));
  CHECK_FALSE(found);
  loop.advance(60'000);
  REQUIRE_FALSE(kv.put("a", "2", {}, ""));
  REQUIRE_FALSE(kv.get("a", found));
  CHECK(found->value == "1");
}
