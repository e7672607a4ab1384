// When a failed request is repeated, and what its failure tells.
#include <catch2/catch_test_macros.hpp>

#include "tests/native/support/backend.h"
#include "wasm/contract/version.h"

using namespace kvista;
using namespace kvista::test;

namespace {

const Replied kLost = failed("Error: Network connection lost.", failure::kRetryable);
const Replied kBusy =
    failed("Error: Durable Object is overloaded. Too many requests queued.", failure::kOverloaded);

// What is done to the calls of an operation, one after the other; the rest arrive.
struct Script {
  std::function<bool(const Passing&)> applies;
  std::vector<Fate> fates;
  std::size_t next = 0;
  Fate operator()(const Passing& call) {
    return applies(call) && next < fates.size() ? fates[next++] : Fate{};
  }
};

struct World : Backend {
  World() : Backend("durable-object") {}
  void script(std::function<bool(const Passing&)> applies, std::vector<Fate> fates) {
    auto script = std::make_shared<Script>(Script{std::move(applies), std::move(fates)});
    objects.fate = [script](const Passing& call) { return (*script)(call); };
  }
};

}  // namespace

TEST_CASE("A read is repeated until it succeeds") {
  World world;
  REQUIRE(world.driver().run(set("a", "1")).ok());
  world.script([](const Passing& call) { return call.op == Op::kGet; },
               {{.refused = kLost}, {.lost = kLost}, {.refused = kLost}});
  const Told told = world.driver().run(get("a"));
  CHECK(told.ok());
  CHECK(told.value == "1");
}

TEST_CASE("A read that fails until its deadline fails with the last reason, not later than that") {
  World world;
  world.objects.fate = [](const Passing&) { return Fate{.refused = kLost}; };
  const double start = world.loop.nowMs();
  const Told told = world.driver().run(get("a"));
  CHECK(told.code() == Code::kUnavailable);
  CHECK(world.loop.nowMs() - start <= 10'000);
  CHECK(world.loop.nowMs() - start > 5'000);
}

TEST_CASE("An overloaded object is not asked again") {
  World world;
  world.objects.fate = [](const Passing&) { return Fate{.refused = kBusy}; };
  CHECK(world.driver().run(get("a")).code() == Code::kRateLimited);
  CHECK(world.objects.calls.size() == 1);
  CHECK(world.driver().run(set("a", "1")).code() == Code::kRateLimited);
  CHECK(world.objects.calls.size() == 2);
}

TEST_CASE("A class that is not kvista's is named as what is wrong, and not asked again") {
  World world;
  world.objects.fate = [](const Passing&) {
    return Fate{.refused =
                    failed("TypeError: The RPC receiver does not implement the method \"kvista\".",
                           failure::kRemote)};
  };
  const Told told = world.driver().run(set("a", "1"));
  CHECK(told.code() == Code::kUnavailable);
  CHECK(told.error->hint.find("KvObject") != std::string::npos);
  CHECK(world.objects.calls.size() == 1);
}

TEST_CASE("A failing storage undoes the write, and says so") {
  World world;
  world.objects.storageFault = [](bool isCatalog, const std::string&, const Step& step) {
    const bool writes = !isCatalog && step.front().verb == Verb::kWrite;
    return writes ? std::optional<std::string>("Error: database or disk is full: SQLITE_FULL")
                  : std::nullopt;
  };
  CHECK(world.driver().run(set("a", "1")).code() == Code::kOutOfMemory);
  world.objects.storageFault = nullptr;
  CHECK_FALSE(world.driver().run(get("a")).present);
  CHECK(world.driver().run(list()).keys.empty());
}

TEST_CASE("Delays between attempts grow, are spread at random, and follow from the seed") {
  const auto delays = [](std::uint64_t seed) {
    World world;
    std::vector<double> slept;
    world.driver().onStep = [&](const Step& step) {
      if (step.front().verb == Verb::kSleep) slept.push_back(step.front().number);
    };
    world.objects.fate = [](const Passing&) { return Fate{.refused = kLost}; };
    Call call = get("a");
    call.seed = seed;
    CHECK_FALSE(world.driver().run(call).ok());
    return slept;
  };
  const std::vector<double> once = delays(7);
  CHECK(once == delays(7));
  CHECK(once != delays(8));
  REQUIRE(once.size() >= 6);
  for (std::size_t i = 0; i < once.size(); ++i) {
    CHECK(once[i] >= 1);
    CHECK(once[i] <=
          1 + std::min(2000.0, 50.0 * static_cast<double>(1U << std::min<std::size_t>(i, 20))));
  }
}
