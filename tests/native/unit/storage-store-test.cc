// The store in somebody's own object: its one table, its sweep, and what a failing or damaged
// storage gives. And the same of an object that holds one key.
#include <catch2/catch_test_macros.hpp>

#include "tests/native/support/backend.h"

using namespace kvista;
using namespace kvista::test;

namespace {

struct World : Backend {
  World() : Backend("durable-object-storage") {}
  Told run(const Call& call) { return driver().run(call); }
  double rows() { return sqlite.database.number("SELECT count(*) FROM kvista"); }
};

}  // namespace

TEST_CASE("The store touches no table but its own") {
  World world;
  world.sqlite.database.exec("CREATE TABLE mine (x INTEGER); INSERT INTO mine VALUES (1), (2)");
  REQUIRE(world.run(setFor("a", "1", 1)).ok());
  REQUIRE(world.run(set("b", std::string(5'000'000, 'x'))).ok());
  world.loop.advance(2000);
  REQUIRE(world.run({.op = Op::kSweep}).ok());
  REQUIRE(world.run(deleteKey("b")).ok());
  CHECK(world.rows() == 0);
  CHECK(world.sqlite.database.number("SELECT count(*) FROM mine") == 2);
}

TEST_CASE("A sweep removes what has expired, whole, and tells when the next key expires") {
  World world;
  REQUIRE(world.run(setFor("a", std::string(5'000'000, 'x'), 5)).ok());
  REQUIRE(world.run(setFor("b", "1", 500)).ok());
  REQUIRE(world.run(set("c", "1")).ok());
  const Told early = world.run({.op = Op::kSweep});
  REQUIRE(early.expiresAt);
  CHECK(*early.expiresAt == 1'800'000'006);
  CHECK(world.rows() == 5);
  world.loop.advance(10'000);
  const Told late = world.run({.op = Op::kSweep});
  REQUIRE(late.expiresAt);
  CHECK(*late.expiresAt == 1'800'000'501);
  CHECK(world.rows() == 2);
  world.loop.advance(1'000'000);
  CHECK_FALSE(world.run({.op = Op::kSweep}).expiresAt);
  CHECK(world.rows() == 1);
}

TEST_CASE("Without a sweep an expired key goes when it is read") {
  World world;
  REQUIRE(world.run(setFor("a", std::string(5'000'000, 'x'), 5)).ok());
  world.loop.advance(10'000);
  CHECK_FALSE(world.run(get("a")).present);
  CHECK(world.rows() == 0);
}

TEST_CASE(
    "A value leaves no part of a longer one before it, however it expires and whoever wrote it") {
  World world;
  const std::string large(5'000'000, 'x');
  const auto triggers = [&world] {
    return world.sqlite.database.number("SELECT count(*) FROM sqlite_master WHERE type='trigger'");
  };
  REQUIRE(world.run(set("a", "1")).ok());
  REQUIRE(world.run(setFor("a", "2", 100)).ok());
  CHECK(triggers() == 0);
  for (const Call& shorter :
       {set("a", "1"), setFor("a", "1", 100), set("a", std::string(2'000'001, 'y')),
        many(Op::kSetMany, {{"a", "1"}})}) {
    REQUIRE(world.run(set("a", large)).ok());
    CHECK(world.rows() == 3);
    // Another instance of the class, which made no table.
    REQUIRE(world.another()->run(shorter).ok());
    const std::string value = shorter.value.empty() ? "1" : shorter.value;
    CHECK(world.rows() == (value.size() > 2'000'000 ? 2 : 1));
    CHECK((world.run(get("a")).value == value));
  }
  CHECK(triggers() == 1);
}

TEST_CASE("A write that fails in the middle of its parts changes nothing") {
  World world;
  REQUIRE(world.run(set("a", std::string(5'000'000, 'x'))).ok());
  world.sqlite.fault = [](const Step& step) {
    return step.size() > 1 ? std::optional<std::string>("Error: out of luck") : std::nullopt;
  };
  const Told told = world.run(set("a", std::string(4'000'000, 'y')));
  CHECK(told.code() == Code::kUnavailable);
  world.sqlite.fault = nullptr;
  CHECK((world.run(get("a")).value == std::string(5'000'000, 'x')));
}

TEST_CASE("A full storage is out of memory, a class without SQLite is named") {
  World world;
  REQUIRE(world.run(get("a")).ok());
  world.sqlite.fault = [](const Step&) {
    return std::optional<std::string>("Error: database or disk is full: SQLITE_FULL");
  };
  CHECK(world.run(set("a", "1")).code() == Code::kOutOfMemory);
  world.sqlite.fault = [](const Step&) {
    return std::optional<std::string>(
        "TypeError: Cannot read properties of undefined (reading 'exec')");
  };
  const Told told = world.run(set("a", "1"));
  CHECK(told.code() == Code::kUnavailable);
  CHECK(told.error->hint.find("new_sqlite_classes") != std::string::npos);
}

TEST_CASE("A value whose part is missing is corrupt, and can be set anew") {
  World world;
  REQUIRE(world.run(set("a", std::string(5'000'000, 'x'))).ok());
  world.sqlite.database.exec("DELETE FROM kvista WHERE part = 1");
  CHECK(world.run(get("a")).code() == Code::kCorrupt);
  CHECK(world.run({.op = Op::kEntry, .key = "a"}).code() == Code::kCorrupt);
  REQUIRE(world.run(set("a", "1")).ok());
  CHECK(world.run(get("a")).value == "1");
  CHECK(world.rows() == 1);
}

TEST_CASE("An object whose head is none of ours is corrupt, to every operation") {
  Backend world("durable-object");
  REQUIRE(world.driver().run(set("a", "1")).ok());
  world.loop.advance(1000);
  for (const char* head : {"", "\x03", "\x02", "\x03\x01\x02\x03",
                           "something else that is long enough to be a head of some sort"}) {
    world.objects.cellsOf("a").metas["head"] = head;
    world.objects.abortAll();
    CHECK(world.driver().run(get("a")).code() == Code::kCorrupt);
    CHECK(world.driver().run(set("a", "2")).code() == Code::kCorrupt);
  }
}

TEST_CASE("An object whose write failed answers what its storage holds") {
  Backend world("durable-object");
  REQUIRE(world.driver().run(set("a", "1")).ok());
  world.loop.advance(1000);
  world.objects.storageFault = [](bool isCatalog, const std::string&, const Step& step) {
    return !isCatalog && step.front().verb == Verb::kWrite
               ? std::optional<std::string>("Error: out of luck")
               : std::nullopt;
  };
  CHECK_FALSE(world.driver().run(set("a", "2")).ok());
  world.objects.storageFault = nullptr;
  CHECK(world.driver().run(get("a")).value == "1");
}

TEST_CASE("An object whose chunks do not fit together is corrupt, and can be set anew") {
  Backend world("durable-object");
  const auto large = [&] {
    REQUIRE(world.driver().run(set("a", std::string(5'000'000, 'x'))).ok());
  };
  large();
  world.objects.cellsOf("a").cells.erase("chunk:1");
  CHECK(world.driver().run(get("a")).code() == Code::kCorrupt);
  large();
  world.objects.cellsOf("a").cells["chunk:2"] += "more";
  CHECK(world.driver().run(get("a")).code() == Code::kCorrupt);
  large();
  world.objects.cellsOf("a").cells["chunk:0"].clear();
  CHECK(world.driver().run(get("a")).code() == Code::kCorrupt);
  REQUIRE(world.driver().run(set("a", "1")).ok());
  CHECK(world.driver().run(get("a")).value == "1");
  CHECK(world.objects.cellsOf("a").cells.size() == 1);
}

TEST_CASE("Data survives objects that are aborted when nothing is under way") {
  Backend world("durable-object");
  for (int i = 0; i < 20; ++i)
    REQUIRE(world.driver().run(set("k" + std::to_string(i), std::to_string(i))).ok());
  world.loop.advance(1000);
  world.objects.abortAll();
  CHECK(world.objects.liveNodes() == 0);
  CHECK(world.driver().run(list()).keys.size() == 20);
  for (int i = 0; i < 20; ++i)
    CHECK(world.driver().run(get("k" + std::to_string(i))).value == std::to_string(i));
}
