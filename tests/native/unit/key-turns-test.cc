// Turns at a key: who has one, and when the next may have it.
#include "wasm/stores/redis/key-turns.h"

#include <optional>

#include <catch2/catch_test_macros.hpp>

using namespace kvista;

TEST_CASE("One at a time has the turn at a key, and gives it back when it goes") {
  KeyTurns turns;
  std::optional<KeyTurns::Turn> one;
  one.emplace(turns, "key");
  KeyTurns::Turn two(turns, "key");
  KeyTurns::Turn elsewhere(turns, "other key");
  CHECK(one->take(0, 100));
  CHECK(one->take(1, 100));
  CHECK_FALSE(two.take(1, 100));
  CHECK(elsewhere.take(1, 100));
  one.reset();
  CHECK(two.take(2, 100));
}

TEST_CASE(
    "A turn that was not given back ends at its time, and then is nobody's but the next one's") {
  KeyTurns turns;
  std::optional<KeyTurns::Turn> dead;
  dead.emplace(turns, "key");
  KeyTurns::Turn next(turns, "key");
  KeyTurns::Turn third(turns, "key");
  CHECK(dead->take(0, 100));
  CHECK_FALSE(next.take(100, 300));
  CHECK(next.take(101, 300));
  dead.reset();
  CHECK_FALSE(third.take(102, 300));
}
