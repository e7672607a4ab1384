// Expiry and the catalog: what is told to it, and when it asks.
#include "tests/native/support/catalog-world.h"

using namespace kvista;
using namespace kvista::test;

TEST_CASE("Renewing an upload's expiry writes nothing to the catalog") {
  CatalogWorld world;
  REQUIRE(world.run(setFor("a", "1", 60)).ok());
  world.finishFollowUps();
  static_cast<void>(world.catalogWrites());
  for (int i = 0; i < 20; ++i) {
    world.loop.advance(30'000);
    REQUIRE(world.run(setFor("a", std::to_string(i), 60)).ok());
    CHECK(world.run(get("a")).value == std::to_string(i));
  }
  CHECK(world.catalogWrites() == 0);
  CHECK(world.listed() == Keys{"a"});
  world.loop.advance(62'000);
  CHECK(world.listed().empty());
}

TEST_CASE("An expiry that comes earlier is told to the catalog") {
  CatalogWorld world;
  REQUIRE(world.run(set("a", "1")).ok());
  world.finishFollowUps();
  static_cast<void>(world.catalogWrites());
  REQUIRE(world.run(setFor("a", "2", 60)).ok());
  world.finishFollowUps();
  CHECK(world.catalogWrites() == 2);
  world.loop.advance(61'000);
  CHECK(world.listed().empty());
}

TEST_CASE(
    "A renewed row is confirmed once after the expiry that the catalog knew, and then trusted") {
  CatalogWorld world;
  REQUIRE(world.run(setFor("a", "1", 60)).ok());
  REQUIRE(world.run(setFor("a", "1", 600)).ok());
  world.finishFollowUps();
  static_cast<void>(world.confirmations());
  world.loop.advance(100'000);
  CHECK(world.listed() == Keys{"a"});
  CHECK(world.confirmations() == 1);
  CHECK(world.listed() == Keys{"a"});
  CHECK(world.confirmations() == 0);
}

TEST_CASE("After expiry an object's storage is empty, it has no alarm, and its row is gone") {
  CatalogWorld world;
  REQUIRE(world.run(setFor("a", "1", 5)).ok());
  REQUIRE(world.run(setFor("b", std::string(4'000'000, 'x'), 5)).ok());
  REQUIRE(world.run(set("c", "1")).ok());
  world.loop.advance(20'000);
  CHECK(world.objects.objectsWithStorage() == 1);
  CHECK(world.objects.catalogRows() == 1);
  CHECK(world.listed() == Keys{"c"});
}

TEST_CASE("A renewed object outlives its first alarm and ends with a later one") {
  CatalogWorld world;
  REQUIRE(world.run(setFor("a", "1", 5)).ok());
  REQUIRE(world.run(setFor("a", "2", 50)).ok());
  world.loop.advance(20'000);
  CHECK(world.run(get("a")).value == "2");
  world.loop.advance(60'000);
  CHECK(world.objects.objectsWithStorage() == 0);
  CHECK(world.objects.catalogRows() == 0);
}

TEST_CASE("An object whose expiry was dropped keeps its value when the old alarm comes") {
  CatalogWorld world;
  REQUIRE(world.run(setFor("a", "1", 5)).ok());
  REQUIRE(world.run(set("a", "2")).ok());
  world.loop.advance(1'000'000);
  CHECK(world.run(get("a")).value == "2");
  CHECK(world.listed() == Keys{"a"});
  CHECK_FALSE(world.objects.cellsOf("a").alarmMs);
}
