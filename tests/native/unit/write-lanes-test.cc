// Writes of one key to Workers KV: one a second, the latest of those that wait, and everybody told
// only when it is true.
#include "wasm/stores/cloudflare-kv/write-lanes.h"

#include <algorithm>

#include <catch2/catch_test_macros.hpp>

#include "tests/native/steps/trace.h"

using namespace kvista;
using namespace kvista::test;

namespace {

struct World : Backend {
  World() : Backend("cloudflare-kv") {
    kv.kv.throttles = true;
    kv.fate = [this](const Asked& asked) {
      if (asked.verb == Verb::kWrite) sent.push_back(asked.value);
      if (asked.verb == Verb::kRemove) sent.push_back("(removed)");
      return Fate{.delayMs = 5, .answerDelayMs = 5};
    };
  }
  void finish(const std::vector<std::shared_ptr<const Told>>& all) {
    REQUIRE(loop.runUntil(
        [&] { return std::ranges::all_of(all, [](const auto& one) { return one->done; }); }));
  }
  std::vector<std::string> sent;
};

}  // namespace

TEST_CASE("Of the writes that wait for their turn only the latest is sent") {
  World world;
  std::vector<std::shared_ptr<const Told>> all;
  for (int i = 0; i < 20; ++i) {
    all.push_back(world.driver().start(set("a", std::to_string(i))));
    world.loop.advance(1);
  }
  world.finish(all);
  for (const auto& one : all) CHECK(one->ok());
  CHECK(world.sent.size() == 2);
  CHECK(world.sent.back() == "19");
  CHECK(world.driver().run(get("a")).value == "19");
}

TEST_CASE("A write that another carries is told only after the one that carries it") {
  World world;
  const auto first = world.driver().start(set("a", "1"));
  const auto second = world.driver().start(set("a", "2"));
  const auto third = world.driver().start(set("a", "3"));
  world.loop.advance(500);
  // The first is sent at once unless a later one was there before its turn; none of the waiting
  // ones is done before a second has passed.
  CHECK_FALSE(second->done);
  CHECK_FALSE(third->done);
  world.finish({first, second, third});
  CHECK(world.kv.kv.writes() == 2);
  std::optional<FakeKv::Found> found;
  REQUIRE_FALSE(world.kv.kv.get("a", found));
  CHECK(found->value == "3");
}

TEST_CASE("Writes of one key never start less than a second apart, whatever their number") {
  World world;
  std::vector<std::shared_ptr<const Told>> all;
  for (int i = 0; i < 40; ++i) {
    all.push_back(world.driver().start(i % 3 == 0 ? deleteKey("a") : set("a", std::to_string(i))));
    world.loop.advance(97);
  }
  world.finish(all);
  // The platform would have refused one that came early, and the retry would show here.
  CHECK(world.sent.size() == world.kv.kv.writes());
  for (const auto& one : all) CHECK(one->ok());
  CHECK_FALSE(world.driver().run(get("a")).present);
}

TEST_CASE("Keys have lanes of their own") {
  World world;
  const double start = world.loop.nowMs();
  std::vector<std::shared_ptr<const Told>> all;
  for (int i = 0; i < 100; ++i)
    all.push_back(world.driver().start(set("k" + std::to_string(i), "v")));
  world.finish(all);
  CHECK(world.loop.nowMs() - start < 100);
  CHECK(world.sent.size() == 100);
}

TEST_CASE("A carrier that is given up frees the lane, and its predecessors go on by themselves") {
  World world;
  const auto first = world.driver().start(set("a", "1"));
  world.loop.advance(20);
  REQUIRE(first->ok());
  const auto waiting = world.driver().start(set("a", "2"));
  Call impatient = set("a", "3");
  impatient.deadlineMs = 200;
  const auto carrier = world.driver().start(impatient);
  world.finish({waiting, carrier});
  CHECK_FALSE(carrier->ok());
  CHECK(waiting->ok());
  CHECK(world.driver().run(get("a")).value == "2");
}

TEST_CASE("A carrier whose reply never comes is given up, and the lane is free then") {
  World world;
  world.kv.fate = [](const Asked& asked) { return Fate{.silent = asked.value == "stuck"}; };
  Call stuck = set("a", "stuck");
  stuck.deadlineMs = 2000;
  const auto first = world.driver().start(stuck);
  const auto second = world.driver().start(set("a", "2"));
  world.finish({first, second});
  CHECK(first->code() == Code::kOutcomeUnknown);
  CHECK(second->ok());
  CHECK(world.driver().run(get("a")).value == "2");
}

TEST_CASE("A carrier that fails for good does not tell its predecessors that they are done") {
  World world;
  world.kv.fate = [](const Asked& asked) {
    if (asked.value != "bad") return Fate{};
    return Fate{.refused = failed("Error: KV PUT failed: 413 Value length of 1 exceeds limit")};
  };
  const auto first = world.driver().start(set("a", "1"));
  world.loop.advance(20);
  const auto second = world.driver().start(set("a", "2"));
  const auto third = world.driver().start(set("a", "bad"));
  world.finish({first, second, third});
  CHECK(third->code() == Code::kInvalidArgument);
  CHECK(second->ok());
  CHECK(world.driver().run(get("a")).value == "2");
}

TEST_CASE(
    "Writes in the order of their start land in that order, however the platform delays them") {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    INFO("seed " << seed);
    World world;
    std::uint64_t state = seed * 0x9E3779B97F4A7C15ULL;
    const auto random = [&](std::uint64_t below) {
      state = state * 6364136223846793005ULL + 1442695040888963407ULL;
      return (state >> 33) % below;
    };
    world.kv.fate = [&](const Asked&) {
      const Fate slow{.delayMs = static_cast<double>(random(300)),
                      .answerDelayMs = static_cast<double>(random(300))};
      return slow;
    };
    std::vector<std::shared_ptr<const Told>> all;
    for (int i = 0; i < 10; ++i) {
      all.push_back(world.driver().start(set("a", std::to_string(i))));
      world.loop.advance(static_cast<double>(random(700)));
    }
    world.finish(all);
    for (const auto& one : all) CHECK(one->ok());
    CHECK(world.driver().run(get("a")).value == "9");
  }
}

TEST_CASE("Lanes that nobody uses are forgotten") {
  Loop loop;
  WriteLanes lanes(1000);
  for (int i = 0; i < 1000; ++i) {
    WriteLanes::Place place(lanes, "k" + std::to_string(i), loop.nowMs(), loop.nowMs() + 1000);
    place.start(loop.nowMs());
    place.succeed();
    loop.advance(10);
  }
  CHECK(lanes.size() < 300);
}

TEST_CASE("A carrier whose request died silently holds its lane until its deadline and no longer") {
  WriteLanes lanes(1000);
  WriteLanes::Place dead(lanes, "a", 0, 10'000);
  REQUIRE(dead.mayStart(0));
  dead.start(0);
  WriteLanes::Place next(lanes, "a", 100, 60'000);
  CHECK_FALSE(next.mayStart(5'000));
  CHECK(next.mayStart(12'000));
}

TEST_CASE("A waiting write whose request died silently does not hold up those before it") {
  WriteLanes lanes(1000);
  WriteLanes::Place first(lanes, "a", 0, 60'000);
  first.start(0);
  WriteLanes::Place waiting(lanes, "a", 10, 60'000);
  static_cast<void>(waiting.lookAgainMs(10));
  WriteLanes::Place dead(lanes, "a", 20, 10'000);
  static_cast<void>(dead.lookAgainMs(20));
  first.succeed();
  CHECK_FALSE(waiting.mayStart(15));
  CHECK(waiting.mayStart(20'000));
}
