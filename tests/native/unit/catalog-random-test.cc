// The catalog and the objects under many operations at once, with delays, aborts and calls that
// arrive long after their sender is gone. A failure prints its seed.
#include <algorithm>

#include <catch2/catch_test_macros.hpp>

#include "tests/native/support/backend.h"

using namespace kvista;
using namespace kvista::test;

namespace {

using Keys = std::vector<std::string>;

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15ULL) {}
  std::uint64_t below(std::uint64_t limit) {
    state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return (state_ >> 33) % limit;
  }
  double milliseconds(std::uint64_t limit) { return static_cast<double>(below(limit)); }

 private:
  std::uint64_t state_;
};

Call anyCall(Random& random, int number) {
  const std::string key = random.below(2) == 0 ? "a" : "b";
  switch (random.below(6)) {
    case 0:
      return deleteKey(key);
    case 1:
      return list();
    case 2:
      return setFor(key, std::to_string(number), static_cast<double>(100'000 + random.below(1000)));
    case 3:
      return compareAndSet(key, std::nullopt, std::to_string(number));
    default:
      return set(key, std::to_string(number));
  }
}

// Starts operations at random moments and waits until all have ended.
std::vector<std::shared_ptr<const Told>> runMany(Backend& world, Random& random, int count) {
  std::vector<std::shared_ptr<const Told>> all;
  for (int i = 0; i < count; ++i) {
    all.push_back(world.driver().start(anyCall(random, i)));
    world.loop.advance(random.milliseconds(40));
  }
  REQUIRE(world.loop.runUntil(
      [&] { return std::ranges::all_of(all, [](const auto& one) { return one->done; }); }));
  return all;
}

void checkAgreement(Backend& world) {
  Keys keys;
  for (const char* key : {"a", "b"}) {
    const Told told = world.driver().run(get(key));
    REQUIRE(told.ok());
    if (told.present) keys.emplace_back(key);
  }
  CHECK(world.driver().run(list()).keys == keys);
  CHECK(world.objects.catalogRows() == keys.size());
  CHECK(world.objects.objectsWithStorage() == keys.size());
}

}  // namespace

TEST_CASE("Sets, deletes and lists at the same time all succeed and agree in the end") {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    INFO("seed " << seed);
    Backend world("durable-object");
    Random random(seed);
    world.objects.fate = [&](const Passing&) {
      return Fate{.delayMs = random.milliseconds(50), .answerDelayMs = random.milliseconds(50)};
    };
    for (const auto& one : runMany(world, random, 12)) {
      CHECK((one->ok() || one->code() == Code::kVersionMismatch));
    }
    world.loop.advance(60'000);
    checkAgreement(world);
  }
}

TEST_CASE("Aborts, lost calls and calls that arrive late lose no key and leave no ghost") {
  for (std::uint64_t seed = 1; seed <= 1500; ++seed) {
    INFO("seed " << seed);
    Backend world("durable-object");
    Random random(seed);
    world.objects.abortFlags = seed % 2 == 0 ? failure::kRetryable : failure::kRemote;
    world.objects.fate = [&](const Passing&) {
      Fate fate{.delayMs = random.milliseconds(50), .answerDelayMs = random.milliseconds(50)};
      // Long after the deadline of whoever sent it.
      if (random.below(20) == 0) fate.delayMs = 11'000 + random.milliseconds(10'000);
      if (random.below(20) == 0) fate.lost = failed("Error: Network connection lost.");
      return fate;
    };
    world.objects.crash = [&](bool, const std::string&, const Step&, bool) {
      return random.below(40) == 0;
    };
    const auto all = runMany(world, random, 12);
    world.objects.crash = nullptr;
    world.objects.fate = nullptr;
    // A listing now holds at least every key that a read finds now.
    Keys present;
    for (const char* key : {"a", "b"}) {
      if (world.driver().run(get(key)).present) present.emplace_back(key);
    }
    const Told listed = world.driver().run(list());
    REQUIRE(listed.ok());
    for (const std::string& key : present) {
      const bool isListed = std::ranges::find(listed.keys, key) != listed.keys.end();
      CHECK((isListed || !world.driver().run(get(key)).present));
    }
    // What still hangs in the network arrives, and alarms make good what was left unfinished.
    world.loop.advance(300'000);
    static_cast<void>(world.driver().run(list()));
    world.loop.advance(60'000);
    checkAgreement(world);
  }
}
