// The exact requests that one operation makes of its host.
#include <catch2/catch_test_macros.hpp>

#include "tests/native/steps/trace.h"
#include "wasm/store/store.h"

using namespace kvista;
using namespace kvista::test;

namespace {

using Steps = std::vector<std::string>;

std::vector<Record> numbered(int count) {
  std::vector<Record> records;
  for (int i = 0; i < count; ++i) records.push_back({"k" + std::to_string(100'000 + i), "v"});
  return records;
}

void fill(FakeKv& kv, int count) {
  for (const Record& one : numbered(count))
    REQUIRE_FALSE(kv.put(one.key, one.value, std::nullopt, ""));
}

}  // namespace

TEST_CASE("Over Workers KV a get is one read") {
  Backend world("cloudflare-kv");
  Trace trace(world);
  REQUIRE(world.driver().run(get("a")).ok());
  CHECK(trace.take() == Steps{"read a"});
  REQUIRE(world.driver().run({.op = Op::kEntry, .key = "a"}).ok());
  CHECK(trace.take() == Steps{"read a"});
}

TEST_CASE("Over Workers KV a set is one write and a delete one removal") {
  Backend world("cloudflare-kv");
  Trace trace(world);
  REQUIRE(world.driver().run(set("a", "1")).ok());
  CHECK(trace.take() == Steps{"write a"});
  REQUIRE(world.driver().run(deleteKey("b")).ok());
  CHECK(trace.take() == Steps{"remove b"});
}

TEST_CASE(
    "Over Workers KV an expiry is at least 60 seconds for the platform and exact in the metadata") {
  Backend world("cloudflare-kv");
  std::vector<Asked> asked;
  world.driver().onStep = [&](const Step& step) {
    asked.insert(asked.end(), step.begin(), step.end());
  };
  REQUIRE(world.driver().run(setFor("a", "1", 5)).ok());
  REQUIRE(world.driver().run(setFor("b", "1", 3600)).ok());
  REQUIRE(asked.size() == 2);
  CHECK(asked[0].number == 60);
  CHECK(asked[0].meta == R"({"kvista":{"expiresAt":1800000006}})");
  CHECK(asked[1].number >= 3600);
  CHECK(asked[1].number <= 3601);
}

TEST_CASE("Over Workers KV a list of 10,000 keys is 10 scans") {
  Backend world("cloudflare-kv");
  fill(world.kv.kv, 10'000);
  Trace trace(world);
  CHECK(world.driver().run(list()).keys.size() == 10'000);
  CHECK(trace.take() == Steps(10, "scan "));
}

TEST_CASE("Over Workers KV a page is one scan") {
  Backend world("cloudflare-kv");
  fill(world.kv.kv, 100);
  Trace trace(world);
  CHECK(world.driver().run(page("k", 10)).keys.size() == 10);
  CHECK(trace.take() == Steps{"scan k"});
}

TEST_CASE("Over Workers KV a batch of 250 reads is 3 bulk reads, and a duplicate is read once") {
  Backend world("cloudflare-kv");
  Trace trace(world);
  REQUIRE(world.driver().run(many(Op::kGetMany, numbered(250))).ok());
  CHECK(trace.take() == Steps{"read many 100", "read many 100", "read many 50"});
  REQUIRE(world.driver().run(many(Op::kGetMany, {{"a"}, {"a"}, {"b"}, {"a"}})).ok());
  CHECK(trace.take() == Steps{"read many 2"});
}

TEST_CASE("Over Workers KV a batch of writes is one step") {
  Backend world("cloudflare-kv");
  Trace trace(world);
  REQUIRE(world.driver().run(many(Op::kSetMany, {{"a", "1"}, {"b", "2"}})).ok());
  CHECK(trace.take() == Steps{"write a + write b"});
  REQUIRE(world.driver().run(many(Op::kSetMany, {{"c", "1"}, {"c", "2"}, {"d", "3"}})).ok());
  CHECK(trace.take() == Steps{"write c + write d"});
  CHECK(world.driver().run(get("c")).value == "2");
}

TEST_CASE("A refused request asks the host nothing") {
  for (const char* kind : kStoreKinds) {
    Backend world(kind);
    Trace trace(world);
    CHECK(world.driver().run(get("")).code() == Code::kInvalidKey);
    CHECK(world.driver().run(page("", 0)).code() == Code::kInvalidArgument);
    const bool expires = (world.capabilities() & capability::kExpiry) != 0;
    CHECK(world.driver().run(setFor("a", "1", 0)).code() ==
          (expires ? Code::kInvalidArgument : Code::kUnsupported));
    CHECK(trace.take().empty());
  }
}

TEST_CASE(
    "Setting a new key over Durable Objects locks, adds the row, writes, and confirms afterwards") {
  Backend world("durable-object");
  const auto store = world.another(R"({"kind":"durable-object","catalogShards":1})");
  // The first key makes the shard's tables.
  REQUIRE(store->run(set("first", "1")).ok());
  world.loop.advance(1000);
  Trace trace(world);
  REQUIRE(store->run(set("a", "1")).ok());
  CHECK(trace.take() == Steps{"object a: read head", "object a: lock", "object a: read head",
                              "object a: add catalog:0", "catalog:0: sql INSERT + sql INSERT",
                              "object a: read head", "object a: write head"});
  world.loop.advance(1000);
  CHECK(trace.take() == Steps{"object a: confirmed catalog:0", "catalog:0: sql UPDATE"});
}

TEST_CASE("Setting a key that exists over Durable Objects is one transaction") {
  Backend world("durable-object");
  REQUIRE(world.driver().run(set("a", "1")).ok());
  world.loop.advance(1000);
  Trace trace(world);
  REQUIRE(world.driver().run(set("a", "2")).ok());
  CHECK(trace.take() == Steps{"set a", "object a: write head"});
  REQUIRE(world.driver().run(setFor("b", "1", 60)).ok());
  world.loop.advance(1000);
  static_cast<void>(trace.take());
  REQUIRE(world.driver().run(setFor("b", "2", 90)).ok());
  CHECK(trace.take() == Steps{"set b", "object b: write head"});
}

TEST_CASE(
    "Setting the value that a key has over Durable Objects writes nothing, and another expiry is "
    "written") {
  Backend world("durable-object");
  REQUIRE(world.driver().run(set("a", "1")).ok());
  world.loop.advance(1000);
  Trace trace(world);
  REQUIRE(world.driver().run(set("a", "1")).ok());
  CHECK(trace.take() == Steps{"set a"});
  Call renewal = set("a", "1");
  renewal.expiryKind = ExpiryKind::kAt;
  renewal.expiry = 1'900'000'000;
  REQUIRE(world.driver().run(renewal).ok());
  world.loop.advance(1000);
  static_cast<void>(trace.take());
  renewal.expiry = 1'900'000'001;
  const Told told = world.driver().run(renewal);
  CHECK(told.expiresAt == 1'900'000'001);
  CHECK(trace.take() == Steps{"set a", "object a: write head"});
  REQUIRE(world.driver().run(renewal).ok());
  CHECK(trace.take() == Steps{"set a"});
  world.objects.abortAll();
  REQUIRE(world.driver().run(renewal).ok());
  CHECK(trace.take() == Steps{"set a", "object a: read head"});
}

TEST_CASE("Setting a value again over Durable Objects is a write, if the write before failed") {
  Backend world("durable-object");
  REQUIRE(world.driver().run(set("a", "1")).ok());
  world.loop.advance(1000);
  Trace trace(world);
  bool isFull = true;
  world.objects.storageFault = [&](bool, const std::string&, const Step& step) {
    return isFull && step.front().verb == Verb::kWrite ? std::optional("Error: disk is full")
                                                       : std::nullopt;
  };
  CHECK_FALSE(world.driver().run(set("a", "2")).ok());
  isFull = false;
  static_cast<void>(trace.take());
  REQUIRE(world.driver().run(set("a", "2")).ok());
  CHECK(trace.take() == Steps{"set a", "object a: read head", "object a: write head"});
  CHECK(world.driver().run(get("a")).value == "2");
}

TEST_CASE("A large value over Durable Objects is written in one transaction with its head") {
  Backend world("durable-object");
  REQUIRE(world.driver().run(set("a", "1")).ok());
  world.loop.advance(1000);
  Trace trace(world);
  REQUIRE(world.driver().run(set("a", std::string(4'000'000, 'x'))).ok());
  CHECK(trace.take() ==
        Steps{"set a", "object a: write head + write chunk:0 + write chunk:1 + write chunk:2"});
  REQUIRE(world.driver().run(set("a", "small")).ok());
  CHECK(trace.take() ==
        Steps{"set a", "object a: write head + remove chunk:0 + remove chunk:1 + remove chunk:2"});
}

TEST_CASE("A get over Durable Objects is one call, and one read after its object was aborted") {
  Backend world("durable-object");
  REQUIRE(world.driver().run(set("a", "1")).ok());
  world.loop.advance(1000);
  Trace trace(world);
  REQUIRE(world.driver().run(get("a")).ok());
  CHECK(trace.take() == Steps{"get a"});
  world.objects.abortAll();
  REQUIRE(world.driver().run(get("a")).ok());
  CHECK(trace.take() == Steps{"get a", "object a: read head"});
}

TEST_CASE("An object does not keep a value over 2 kB in its memory") {
  Backend world("durable-object");
  REQUIRE(world.driver().run(set("a", std::string(2049, 'x'))).ok());
  world.loop.advance(1000);
  Trace trace(world);
  REQUIRE(world.driver().run(get("a")).ok());
  CHECK(trace.take() == Steps{"get a", "object a: read head"});
}

TEST_CASE("A list over Durable Objects asks every shard at once, one page each") {
  Backend world("durable-object");
  REQUIRE(world.driver().run(list()).ok());
  Trace trace(world);
  REQUIRE(world.driver().run(list()).ok());
  const Steps steps = trace.take();
  REQUIRE_FALSE(steps.empty());
  CHECK(steps.front() == "page catalog:0 + page catalog:1 + page catalog:2 + page catalog:3");
  CHECK(steps.size() == 9);
}

TEST_CASE("A batch over Durable Objects calls its objects at the same time") {
  Backend world("durable-object");
  REQUIRE(world.driver().run(many(Op::kSetMany, numbered(100))).ok());
  Trace trace(world);
  REQUIRE(world.driver().run(many(Op::kGetMany, {{"k100000"}, {"k100001"}, {"k100000"}})).ok());
  CHECK(trace.take().front() == "get k100000 + get k100001 + get k100000");
}

TEST_CASE(
    "In an object's storage the tables are made once, and a get, a set and a delete are one "
    "statement each") {
  Backend world("durable-object-storage");
  Trace trace(world);
  REQUIRE(world.driver().run(get("a")).ok());
  CHECK(trace.take() == Steps{"sql CREATE", "sql CREATE", "sql SELECT"});
  REQUIRE(world.driver().run(set("a", "1")).ok());
  CHECK(trace.take() == Steps{"sql INSERT"});
  REQUIRE(world.driver().run(set("a", std::string(4'000'000, 'x'))).ok());
  CHECK(trace.take() == Steps{"sql CREATE + sql INSERT + sql INSERT + sql INSERT"});
  REQUIRE(world.driver().run(deleteKey("a")).ok());
  CHECK(trace.take() == Steps{"sql DELETE"});
  REQUIRE(world.driver().run(list()).ok());
  CHECK(trace.take() == Steps{"sql SELECT"});
}
