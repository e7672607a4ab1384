// Failures of Workers KV: what is repeated, what is not, and what each one tells.
#include <catch2/catch_test_macros.hpp>

#include "tests/native/support/backend.h"

using namespace kvista;
using namespace kvista::test;

namespace {

struct World : Backend {
  World() : Backend("cloudflare-kv") {}

  // The first `count` requests of that verb fail with this message; `carriedOut` tells whether they
  // were carried out all the same.
  void failing(Verb verb, int count, std::string message, bool carriedOut = false) {
    auto left = std::make_shared<int>(count);
    kv.fate = [=](const Asked& asked) {
      if (asked.verb != verb || *left == 0) return Fate{};
      --*left;
      return carriedOut ? Fate{.lost = failed(message)} : Fate{.refused = failed(message)};
    };
  }
};

constexpr const char* k429 = "Error: KV PUT failed: 429 Too Many Requests";
constexpr const char* k503 = "Error: KV GET failed: 503 Service Unavailable";

}  // namespace

TEST_CASE("A read of Workers KV is repeated on 5xx and 429") {
  for (const char* message :
       {k503, "Error: KV GET failed: 500 Internal Server Error",
        "Error: KV GET failed: 429 Too Many Requests", "Error: Network connection lost."}) {
    World world;
    REQUIRE(world.driver().run(set("a", "1")).ok());
    world.failing(Verb::kRead, 3, message);
    CHECK(world.driver().run(get("a")).value == "1");
  }
}

TEST_CASE("A list of Workers KV is repeated where it failed") {
  World world;
  for (const char* key : {"a", "b"}) REQUIRE(world.driver().run(set(key, "1")).ok());
  world.failing(Verb::kScan, 2, k503);
  CHECK(world.driver().run(list()).keys == std::vector<std::string>{"a", "b"});
}

TEST_CASE("A write of Workers KV is repeated, even when it may have been carried out") {
  for (const bool carriedOut : {true, false}) {
    World world;
    world.failing(Verb::kWrite, 2, "Error: KV PUT failed: 500 Internal Server Error", carriedOut);
    CHECK(world.driver().run(set("a", "1")).ok());
    CHECK(world.driver().run(get("a")).value == "1");
  }
}

TEST_CASE("A write that Workers KV throttles lands after its second has passed") {
  World world;
  world.kv.kv.throttles = true;
  // Another program has just written the key.
  REQUIRE_FALSE(world.kv.kv.put("a", "theirs", std::nullopt, ""));
  CHECK(world.driver().run(set("a", "ours")).ok());
  CHECK(world.driver().run(get("a")).value == "ours");
}

TEST_CASE("A write that is throttled until its deadline is rate limited, and was not carried out") {
  World world;
  world.failing(Verb::kWrite, 1000, k429);
  CHECK(world.driver().run(set("a", "1")).code() == Code::kRateLimited);
  CHECK(world.kv.kv.writes() == 0);
}

TEST_CASE(
    "A write that fails until its deadline and may have been carried out has an unknown outcome") {
  World world;
  world.failing(Verb::kWrite, 1000, "Error: KV PUT failed: 500 Internal Server Error", true);
  CHECK(world.driver().run(set("a", "1")).code() == Code::kOutcomeUnknown);
}

TEST_CASE("Used up operations of one invocation are not retried") {
  World world;
  world.failing(Verb::kRead, 1000, "Error: Too many API requests by single worker invocation.");
  const double start = world.loop.nowMs();
  CHECK(world.driver().run(get("a")).code() == Code::kRateLimited);
  CHECK(world.loop.nowMs() == start);
}

TEST_CASE("A missing binding is named and not retried") {
  World world;
  world.failing(Verb::kRead, 1000,
                "TypeError: Cannot read properties of undefined (reading 'get')");
  const Told told = world.driver().run(get("a"));
  CHECK(told.code() == Code::kUnavailable);
  CHECK(told.error->hint.find("binding") != std::string::npos);
}

TEST_CASE("Bytes that are no text are corrupt, alone and in a batch") {
  World world;
  REQUIRE_FALSE(world.kv.kv.put("a", "\xFF\xFE", std::nullopt, ""));
  CHECK(world.driver().run(get("a")).code() == Code::kCorrupt);
  CHECK(world.driver().run(many(Op::kGetMany, {{"a"}})).code() == Code::kCorrupt);
}

TEST_CASE("Metadata of another program means no expiry") {
  World world;
  for (const char* metadata :
       {"{\"expiresAt\":1}", "[1]", "null", "\"kvista\"", "{\"kvista\":1}",
        "{\"kvista\":{\"expiresAt\":\"1\"}}", "{\"kvista\":{\"expiresAt\":1.5}}"}) {
    INFO(metadata);
    REQUIRE_FALSE(world.kv.kv.put("a", "1", std::nullopt, metadata));
    CHECK(world.driver().run(get("a")).value == "1");
    CHECK(world.driver().run(list()).keys.size() == 1);
  }
}

TEST_CASE("A value set without expiry is stored raw under its own key, without metadata") {
  World world;
  REQUIRE(world.driver().run(set("uploadista:upload-file:1", "{\"id\":1}")).ok());
  std::optional<FakeKv::Found> found;
  REQUIRE_FALSE(world.kv.kv.get("uploadista:upload-file:1", found));
  REQUIRE(found);
  CHECK(found->value == "{\"id\":1}");
  CHECK(found->metadata.empty());
}

TEST_CASE(
    "Keys removed behind the scenes make empty pages, which end no list and give no empty page") {
  World world;
  world.kv.kv.walksTombstones = true;
  for (int i = 0; i < 3000; ++i) {
    const std::string key = "k" + std::to_string(10'000 + i);
    REQUIRE_FALSE(world.kv.kv.put(key, "1", std::nullopt, ""));
    if (i != 2999) REQUIRE_FALSE(world.kv.kv.remove(key));
  }
  CHECK(world.driver().run(list()).keys == std::vector<std::string>{"k12999"});
  CHECK(world.driver().run(page("", 10)).keys == std::vector<std::string>{"k12999"});
}

TEST_CASE("A stale read is what the platform gives, and an expired one is still absent") {
  World world;
  REQUIRE(world.driver().run(set("a", "old")).ok());
  world.loop.advance(120'000);
  world.kv.kv.staleMs = 60'000;
  REQUIRE(world.driver().run(setFor("a", "new", 5)).ok());
  CHECK(world.driver().run(get("a")).value == "old");
  world.loop.advance(61'000);
  CHECK_FALSE(world.driver().run(get("a")).present);
}

TEST_CASE("A bulk read that is refused for its size is made one by one") {
  World world;
  std::vector<Record> keys;
  for (int i = 0; i < 6; ++i) {
    keys.push_back({"k" + std::to_string(i)});
    REQUIRE(world.driver().run(set(keys.back().key, std::string(5'000'000, 'x'))).ok());
  }
  const Told told = world.driver().run(many(Op::kGetMany, keys));
  REQUIRE(told.ok());
  for (const ItemOutcome& one : told.items) CHECK(one.value.size() == 5'000'000);
}
