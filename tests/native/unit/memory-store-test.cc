// The memory store beyond the common contract: its limit, eviction, and the sweep of what expired.
#include "wasm/stores/memory/memory-store.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/native/support/backend.h"

using namespace kvista;
using namespace kvista::test;

namespace {

struct World : Backend {
  explicit World(std::string_view config) : Backend("memory"), store(another(config)) {}
  Told run(const Call& call) { return store->run(call); }
  std::unique_ptr<Driver> store;
};

}  // namespace

TEST_CASE("A full store refuses a write with the numbers, and changes nothing") {
  World world(R"({"kind":"memory","maxBytes":10000})");
  REQUIRE(world.run(set("a", std::string(5000, 'x'))).ok());
  const Told told = world.run(set("b", std::string(6000, 'x')));
  REQUIRE(told.code() == Code::kOutOfMemory);
  CHECK(told.error->message.find("10000") != std::string::npos);
  CHECK(told.error->hint.find("maxBytes") != std::string::npos);
  CHECK_FALSE(world.run(get("b")).present);
  CHECK(world.run(set("a", std::string(9000, 'y'))).ok());
  CHECK(world.run(set("a", std::string(10000, 'z'))).code() == Code::kOutOfMemory);
  CHECK(world.run(get("a")).value == std::string(9000, 'y'));
}

TEST_CASE("Deleting and expiring make room again") {
  World world(R"({"kind":"memory","maxBytes":10000})");
  for (int i = 0; i < 100; ++i) {
    REQUIRE(world.run(set("a", std::string(9000, 'x'))).ok());
    REQUIRE(world.run(deleteKey("a")).ok());
    REQUIRE(world.run(setFor("b", std::string(9000, 'x'), 1)).ok());
    world.loop.advance(2000);
  }
  CHECK(world.run(set("c", std::string(9000, 'x'))).ok());
}

TEST_CASE("A batch that does not fit fails for the keys that do not fit") {
  World world(R"({"kind":"memory","maxBytes":10000})");
  const Told told = world.run(many(Op::kSetMany, {{"a", std::string(4000, 'x')},
                                                  {"b", std::string(9000, 'x')},
                                                  {"c", std::string(4000, 'x')}}));
  REQUIRE(told.ok());
  CHECK_FALSE(told.items[0].error);
  REQUIRE(told.items[1].error);
  CHECK(told.items[1].error->code == Code::kOutOfMemory);
  CHECK_FALSE(told.items[2].error);
}

TEST_CASE("With eviction the records used least recently make room") {
  World world(R"({"kind":"memory","maxBytes":10000,"eviction":"lru"})");
  for (const char* key : {"a", "b", "c"}) REQUIRE(world.run(set(key, std::string(2500, 'x'))).ok());
  REQUIRE(world.run(get("a")).present);
  REQUIRE(world.run(set("d", std::string(4000, 'x'))).ok());
  CHECK(world.run(get("a")).present);
  CHECK_FALSE(world.run(get("b")).present);
  CHECK(world.run(get("d")).present);
  CHECK(world.run(set("e", std::string(20000, 'x'))).code() == Code::kOutOfMemory);
}

TEST_CASE("A record that grows never evicts itself") {
  World world(R"({"kind":"memory","maxBytes":10000,"eviction":"lru"})");
  REQUIRE(world.run(set("a", "small")).ok());
  REQUIRE(world.run(set("b", std::string(6000, 'x'))).ok());
  REQUIRE(world.run(set("a", std::string(9000, 'y'))).ok());
  CHECK(world.run(get("a")).value == std::string(9000, 'y'));
  CHECK_FALSE(world.run(get("b")).present);
}

TEST_CASE("An evicting store says so when it is diagnosed") {
  World evicting(R"({"kind":"memory","eviction":"lru"})");
  CHECK(evicting.run({.op = Op::kDiagnose}).value.find("evicting") != std::string::npos);
  World plain(R"({"kind":"memory"})");
  CHECK(plain.run({.op = Op::kDiagnose}).value.find("evicting") == std::string::npos);
}

TEST_CASE("Expired records are removed a few at a time, by whatever operation comes") {
  MemoryStore store(100U << 20, false);
  Budget budget(1U << 20);
  Request request;
  request.nowMs = 1'000'000;
  for (int i = 0; i < 1000; ++i) {
    const std::string key = "k" + std::to_string(i);
    request.op = Op::kSet;
    request.key = request.fullKey = key;
    request.value = "v";
    request.expiresAt = 2000;
    REQUIRE(store.answer(request, budget).has_value());
  }
  CHECK(store.recordCount() == 1000);
  request.nowMs = 3'000'000;
  request.op = Op::kGet;
  request.key = request.fullKey = "another";
  std::size_t before = store.recordCount();
  for (int i = 0; i < 100 && store.recordCount() > 0; ++i) {
    REQUIRE(store.answer(request, budget).has_value());
    CHECK(before - store.recordCount() <= 20);
    before = store.recordCount();
  }
  CHECK(store.recordCount() == 0);
  CHECK(store.usedBytes() == 0);
}

TEST_CASE("A list over 100,000 keys is refused on every store that can hold them here") {
  for (const char* kind : {"memory", "cloudflare-kv", "durable-object-storage"}) {
    INFO(kind);
    Backend world(kind);
    std::vector<Record> records(1000);
    for (int i = 0; i < 100'001; ++i) {
      const std::string key = "k" + std::to_string(i);
      if (world.kind == "cloudflare-kv") {
        REQUIRE_FALSE(world.kv.kv.put(key, "v", {}, ""));
        continue;
      }
      records[static_cast<std::size_t>(i % 1000)] = {key, "v"};
      if (i % 1000 == 999) REQUIRE(world.driver().run(many(Op::kSetMany, records)).ok());
    }
    REQUIRE(world.driver().run(set("k100000", "v")).ok());
    const Told told = world.driver().run(list("k"));
    REQUIRE(told.code() == Code::kTooLarge);
    CHECK(told.error->hint.find("page") != std::string::npos);
    REQUIRE(world.driver().run(deleteKey("k100000")).ok());
    CHECK(world.driver().run(list("k")).keys.size() == 100'000);
  }
}
