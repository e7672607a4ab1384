// The catalog and the objects when something breaks: an abort before and after every step, replies
// that are lost, and calls that arrive late.
#include <algorithm>

#include <catch2/catch_test_macros.hpp>

#include "tests/native/support/backend.h"

using namespace kvista;
using namespace kvista::test;

namespace {

using Keys = std::vector<std::string>;

// What must hold whatever happened: a key that a read finds is listed, and once the alarms have run
// the list is exactly those keys and nothing is left of the others.
void checkRecovered(Backend& world, const std::string& key) {
  world.objects.crash = nullptr;
  world.objects.fate = nullptr;
  const Told before = world.driver().run(get(key));
  REQUIRE(before.ok());
  const Told listed = world.driver().run(list());
  REQUIRE(listed.ok());
  if (before.present) CHECK(listed.keys == Keys{key});
  world.loop.advance(120'000);
  const Told after = world.driver().run(get(key));
  CHECK(after.present == before.present);
  CHECK(after.value == before.value);
  const Keys expected = before.present ? Keys{key} : Keys{};
  CHECK(world.driver().run(list()).keys == expected);
  CHECK(world.objects.catalogRows() == expected.size());
  CHECK(world.objects.objectsWithStorage() == expected.size());
  // And the key goes on living.
  REQUIRE(world.driver().run(set(key, "later")).ok());
  CHECK(world.driver().run(list()).keys == Keys{key});
  REQUIRE(world.driver().run(deleteKey(key)).ok());
  CHECK(world.driver().run(list()).keys.empty());
  CHECK(world.objects.objectsWithStorage() == 0);
}

// Runs `doomed` again and again, each time aborting at one step more, until it meets no abort.
void abortAtEveryStep(const std::vector<Call>& before, const Call& doomed, std::uint32_t flags) {
  for (std::size_t at = 0;; ++at) {
    Backend world("durable-object");
    world.objects.abortFlags = flags;
    for (const Call& call : before) REQUIRE(world.driver().run(call).ok());
    world.loop.advance(1000);
    const Told old = world.driver().run(get(doomed.key));
    std::size_t steps = 0;
    bool hit = false;
    std::string where = "nowhere";
    world.objects.crash = [&](bool isCatalog, const std::string& name, const Step& step,
                              bool after) {
      if (hit || steps++ != at) return false;
      where = (after ? "after " : "before ") + std::string(isCatalog ? name : "the object's") +
              " step of verb " + std::to_string(static_cast<int>(step.front().verb)) + " " +
              step.front().key.substr(0, 40);
      hit = true;
      return true;
    };
    INFO("step " << at << ", " << where);
    const Told told = world.driver().run(doomed);
    world.objects.crash = nullptr;
    const Told now = world.driver().run(get(doomed.key));
    INFO(where << ": "
               << (now.error ? nameOf(now.error->code) + (": " + now.error->message) : "read"));
    REQUIRE(now.ok());
    const bool isRemoval = doomed.op == Op::kDelete;
    const bool isNew = isRemoval ? !now.present : now.present && now.value == doomed.value;
    const bool isOld = now.present == old.present && now.value == old.value;
    CHECK((isNew || isOld));
    if (told.ok()) CHECK(isNew);
    if (!told.ok()) CHECK(told.code() == Code::kOutcomeUnknown);
    if (told.ok() && !isRemoval) {
      CHECK(world.driver().run(list()).keys == Keys{doomed.key});
    }
    checkRecovered(world, doomed.key);
    if (!hit) break;
    REQUIRE(at < 200);
  }
}

}  // namespace

TEST_CASE("An abort at any step of a first set leaves all or nothing") {
  abortAtEveryStep({}, set("a", "1"), failure::kRetryable);
  abortAtEveryStep({}, setFor("a", "1", 3600), failure::kRemote);
}

TEST_CASE("An abort at any step of a first set of a large value leaves all or nothing") {
  abortAtEveryStep({}, set("a", std::string(4'000'000, 'x')), failure::kRetryable);
}

TEST_CASE("An abort at any step of a set that replaces leaves the old value or the new one") {
  abortAtEveryStep({set("a", "0")}, set("a", "1"), failure::kRetryable);
  abortAtEveryStep({set("a", std::string(4'000'000, 'x'))}, set("a", "1"), failure::kRemote);
}

TEST_CASE(
    "An abort at any step of a set that shortens the life leaves the old value or the new one") {
  abortAtEveryStep({set("a", "0")}, setFor("a", "1", 3600), failure::kRetryable);
  abortAtEveryStep({setFor("a", "0", 7200)}, setFor("a", "1", 3600), failure::kRemote);
}

TEST_CASE("An abort at any step of a delete leaves the value or nothing") {
  abortAtEveryStep({set("a", "0")}, deleteKey("a"), failure::kRetryable);
  abortAtEveryStep({setFor("a", std::string(4'000'000, 'x'), 3600)}, deleteKey("a"),
                   failure::kRemote);
}

TEST_CASE("An abort at any step of an alarm is made good by its next try") {
  for (std::size_t at = 0;; ++at) {
    Backend world("durable-object");
    REQUIRE(world.driver().run(setFor("a", "1", 5)).ok());
    world.loop.advance(1000);
    std::size_t steps = 0;
    bool hit = false;
    world.objects.crash = [&](bool, const std::string&, const Step&, bool) {
      if (hit || steps++ != at) return false;
      return hit = true;
    };
    INFO("step " << at);
    world.loop.advance(10'000);
    CHECK(world.driver().run(list()).keys.empty());
    world.loop.advance(120'000);
    CHECK(world.objects.objectsWithStorage() == 0);
    CHECK(world.objects.catalogRows() == 0);
    if (!hit) break;
    REQUIRE(at < 100);
  }
}

TEST_CASE(
    "A lost or refused call at any place of a set or a delete loses no key and leaves no ghost") {
  for (const bool isLost : {true, false}) {
    for (const bool isRemoval : {true, false}) {
      for (std::size_t at = 0;; ++at) {
        INFO((isRemoval ? "delete" : "set") << ", call " << at << (isLost ? " lost" : " refused"));
        Backend world("durable-object");
        if (isRemoval) REQUIRE(world.driver().run(set("a", "0")).ok());
        world.loop.advance(1000);
        const std::size_t first = world.objects.calls.size();
        bool hit = false;
        world.objects.fate = [&](const Passing& call) {
          if (hit || call.index != first + at) return Fate{};
          hit = true;
          const Replied error = failed("Error: Network connection lost.", failure::kRetryable);
          return isLost ? Fate{.lost = error} : Fate{.refused = error};
        };
        const Told told = world.driver().run(isRemoval ? deleteKey("a") : set("a", "1"));
        if (told.ok()) {
          CHECK(world.driver().run(get("a")).present != isRemoval);
          CHECK(world.driver().run(list()).keys == (isRemoval ? Keys{} : Keys{"a"}));
        } else {
          CHECK(told.code() == Code::kOutcomeUnknown);
        }
        checkRecovered(world, "a");
        if (!hit) break;
        REQUIRE(at < 50);
      }
    }
  }
}

TEST_CASE("A late removal never deletes the row of a newer set") {
  Backend world("durable-object");
  REQUIRE(world.driver().run(set("a", "1")).ok());
  world.loop.advance(1000);
  // The delete's call to the catalog hangs on the way until after everything else.
  bool delayed = false;
  world.objects.fate = [&](const Passing& call) {
    if (delayed || call.op != Op::kCatalogRemove) return Fate{};
    delayed = true;
    return Fate{.delayMs = 60'000};
  };
  const Told gone = world.driver().run(deleteKey("a"));
  CHECK(gone.code() == Code::kOutcomeUnknown);
  REQUIRE(world.driver().run(set("a", "2")).ok());
  CHECK(world.driver().run(list()).keys == Keys{"a"});
  world.loop.advance(120'000);
  REQUIRE(delayed);
  CHECK(world.driver().run(get("a")).value == "2");
  CHECK(world.driver().run(list()).keys == Keys{"a"});
}

TEST_CASE("A late removal from before an abort never deletes the row of a newer set") {
  Backend world("durable-object");
  REQUIRE(world.driver().run(set("a", "1")).ok());
  world.loop.advance(1000);
  bool delayed = false;
  world.objects.fate = [&](const Passing& call) {
    if (delayed || call.op != Op::kCatalogRemove) return Fate{};
    delayed = true;
    return Fate{.delayMs = 5'000};
  };
  static_cast<void>(world.driver().start(deleteKey("a")));
  world.loop.advance(100);
  REQUIRE(delayed);
  // Whoever asked for the delete does not ask again.
  world.objects.fate = [](const Passing& call) {
    return Fate{.silent = call.op == Op::kDelete || call.op == Op::kObjectVersion};
  };
  world.objects.abort(false, "a");
  REQUIRE(world.driver().run(set("a", "2")).ok());
  world.loop.advance(120'000);
  CHECK(world.driver().run(get("a")).value == "2");
  CHECK(world.driver().run(list()).keys == Keys{"a"});
  checkRecovered(world, "a");
}

TEST_CASE("A late row from before an abort is no ghost after a delete") {
  for (const bool existed : {false, true}) {
    INFO("the key " << (existed ? "existed" : "was new"));
    Backend world("durable-object");
    if (existed) REQUIRE(world.driver().run(set("a", "1")).ok());
    world.loop.advance(1000);
    bool delayed = false;
    world.objects.fate = [&](const Passing& call) {
      if (delayed || call.op != Op::kCatalogAdd) return Fate{};
      delayed = true;
      return Fate{.delayMs = 5'000};
    };
    const auto lost = world.driver().start(setFor("a", "2", 3600));
    world.loop.advance(100);
    REQUIRE(delayed);
    world.objects.abort(false, "a");
    REQUIRE(world.driver().run(deleteKey("a")).ok());
    // Whoever sent the set does not go on: only its row is still on its way.
    world.objects.fate = [&](const Passing& call) { return Fate{.silent = call.op == Op::kSet}; };
    world.loop.advance(4'950);
    world.objects.fate = nullptr;
    REQUIRE(world.driver().run(deleteKey("a")).ok());
    CHECK(world.driver().run(get("a")).present == false);
    CHECK(world.driver().run(list()).keys.empty());
    CHECK(world.objects.objectsWithStorage() == 0);
  }
}
