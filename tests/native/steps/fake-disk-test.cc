// The fake directory passes the suite of a real one (tests/conformance/host-file.json); and what a
// loss of power leaves, which cannot be asked of a real disk.
#include <catch2/catch_test_macros.hpp>

#include "tests/native/steps/file-steps.h"
#include "tests/native/support/backend.h"
#include "tests/native/support/random-input.h"

using namespace kvista;
using namespace kvista::test;

namespace {

// Two files of one name, and then the power goes: what is left for each choice there is.
std::set<std::string> leftBy(const DiskRules& rules, bool isContentDurable, bool isSynced,
                             std::size_t choices) {
  std::set<std::string> left;
  for (std::size_t choice = 0; choice < choices; ++choice) {
    Loop loop;
    FakeDisk disk([&] { return loop.nowMs(); });
    disk.rules = rules;
    disk.files["a"] = {.content = "old"};
    disk.rename("a", {.content = "new"}, isContentDurable);
    if (isSynced) disk.sync("a");
    std::size_t rest = choice;
    disk.losePower([&](std::size_t most) { return std::exchange(rest, rest / most) % most; });
    left.insert(disk.files.contains("a") ? disk.files["a"].content : "nothing");
  }
  return left;
}

using Left = std::set<std::string>;

}  // namespace

TEST_CASE("The fake directory passes the host suite of the real one") {
  const Json suite = readConformanceFile("host-file.json");
  REQUIRE(suite["cases"].size() > 20);
  for (const Json& one : suite["cases"]) {
    INFO(one["name"].get<std::string>());
    FileSteps steps;
    for (const Json& step : one["steps"]) {
      INFO(step.dump(-1, ' ', true).substr(0, 300));
      steps.step(step);
    }
  }
}

TEST_CASE("A file that was renamed and not synced is the old one, the new one or a part of it") {
  CHECK(leftBy({}, false, false, 64) == Left{"old", "new", "ne", "n", ""});
  CHECK(leftBy({}, true, false, 64) == Left{"old", "new"});
  CHECK(leftBy({}, false, true, 64) == Left{"new", "ne", "n", ""});
  CHECK(leftBy({}, true, true, 64) == Left{"new"});
  // Content goes before the name of what it replaces.
  CHECK(leftBy(kExt4, false, false, 64) == Left{"old", "new"});
}

TEST_CASE("What a disk was given long ago is on it") {
  Loop loop;
  FakeDisk disk([&] { return loop.nowMs(); });
  disk.rename("a", {.content = "1"}, false);
  CHECK(disk.unsynced() == 1);
  loop.advance(disk.rules.writebackMs);
  disk.losePower([](std::size_t most) { return most - 1; });
  CHECK(disk.files["a"].content == "1");
  disk.remove("a");
  disk.losePower([](std::size_t) { return std::size_t{0}; });
  CHECK(disk.files["a"].content == "1");
}

TEST_CASE("Names that a disk keeps in their order are lost from the last one on") {
  for (std::size_t cut = 0; cut <= 3; ++cut) {
    Loop loop;
    FakeDisk disk([&] { return loop.nowMs(); });
    disk.rules = kExt4;
    for (const char* name : {"a", "b", "c"}) disk.rename(name, {.content = name}, true);
    disk.losePower([&](std::size_t most) { return std::min(cut, most - 1); });
    CHECK(disk.files.size() == cut);
    CHECK(disk.files.contains("a") == (cut > 0));
  }
}

TEST_CASE("A synced store has what it acknowledged after any loss of power, and nothing torn") {
  std::mt19937_64 random(1);
  for (int round = 0; round < 300; ++round) {
    Loop loop;
    auto directory = std::make_shared<SharedDirectory>(loop);
    std::map<std::string, std::set<std::string>> possible;  // of each key
    {
      FileHost host(loop, directory);
      Driver driver(loop, host, R"({"kind":"file","durability":"fsync"})");
      for (int i = 0; i < 4; ++i) {
        const std::string key = "key-" + std::to_string(i % 2);
        const std::string value = std::to_string(round) + "/" + std::to_string(i);
        REQUIRE(driver.run(i == 2 ? deleteKey(key) : setFor(key, value, 100)).ok());
        possible[key] = {i == 2 ? "" : value};
      }
      // The last writes are under way when the power goes.
      for (const char* key : {"key-0", "key-1"}) {
        static_cast<void>(driver.start(set(key, "last")));
        possible[key].insert("last");
      }
      loop.advance(static_cast<double>(random() % 16) / 8);
      directory->losePower([&](std::size_t most) { return random() % most; });
    }
    FileHost host(loop, directory);
    Driver driver(loop, host, R"({"kind":"file","durability":"fsync"})");
    for (const auto& [key, values] : possible) {
      const Told told = driver.run(get(key));
      REQUIRE(told.ok());
      CHECK(values.contains(told.value));
      REQUIRE(driver.run(set(key, "after")).ok());
    }
    const Told listed = driver.run(list());
    CHECK(listed.keys.size() == possible.size());
  }
}

TEST_CASE("A store that does not sync keeps what it acknowledged long ago") {
  std::mt19937_64 random(2);
  for (int round = 0; round < 100; ++round) {
    Loop loop;
    auto directory = std::make_shared<SharedDirectory>(loop);
    {
      FileHost host(loop, directory);
      Driver driver(loop, host, R"({"kind":"file"})");
      REQUIRE(driver.run(setFor("key", "old", 1000)).ok());
      loop.advance(30'000);
      REQUIRE(driver.run(set("another", "recent")).ok());
      directory->losePower([&](std::size_t most) { return random() % most; });
    }
    FileHost host(loop, directory);
    Driver driver(loop, host, R"({"kind":"file"})");
    const Told told = driver.run({.op = Op::kEntry, .key = "key"});
    CHECK(told.value == "old");
    CHECK(told.expiresAt.has_value());
  }
}

TEST_CASE("Two processes that change one key by compare-and-set lose no change") {
  Backend backend("file");
  const std::unique_ptr<Driver> other = backend.another();
  REQUIRE(backend.driver().run(set("counter", "0")).ok());
  int done = 0;
  const std::function<void(Driver&)> increment = [&](Driver& driver) {
    for (bool isDone = false; !isDone;) {
      const Told now = driver.run({.op = Op::kEntry, .key = "counter"});
      const std::string next = std::to_string(std::stoi(now.value) + 1);
      // The other process's own attempt is under way at the same time.
      isDone = driver.run(compareAndSet("counter", now.version, next)).ok();
    }
    ++done;
  };
  for (int i = 0; i < 20; ++i) {
    const Told before = backend.driver().run({.op = Op::kEntry, .key = "counter"});
    const auto rival =
        other->start(compareAndSet("counter", before.version, std::to_string(done + 1)));
    const Told ours =
        backend.driver().run(compareAndSet("counter", before.version, std::to_string(done + 1)));
    REQUIRE(backend.loop.runUntil([&] { return rival->done; }));
    CHECK(ours.ok() != rival->ok());
    ++done;
    increment(i % 2 == 0 ? *other : backend.driver());
  }
  CHECK(backend.driver().run(get("counter")).value == "40");
}

TEST_CASE("A process that hangs longer than a lease loses its lock where nobody can tell of it") {
  Loop loop;
  auto directory = std::make_shared<SharedDirectory>(loop);
  FileHost hung(loop, directory);
  FileHost host(loop, directory);
  hung.owner->isKnown = false;
  Driver first(loop, hung, R"({"kind":"file"})");
  Driver second(loop, host, R"({"kind":"file"})");
  REQUIRE(second.run(set("key", "1")).ok());
  Call slow = compareAndSet("key", std::nullopt, "2");
  slow.extra = second.run({.op = Op::kEntry, .key = "key"}).version;
  slow.deadlineMs = 1'000'000;
  hung.fate = [&](const Asked& asked) {
    if (asked.verb == Verb::kRename) hung.hang(200'000);
    return Fate{};
  };
  const auto told = first.start(slow);
  loop.advance(10);
  Call patient = set("key", "3");
  patient.deadlineMs = 100'000;
  CHECK(second.run(set("key", "3")).code() == Code::kRateLimited);
  REQUIRE(second.run(patient).ok());
  REQUIRE(loop.runUntil([&] { return told->done; }));
  REQUIRE(told->error);
  CHECK(told->error->message.find("ELEASE") != std::string::npos);
  CHECK(second.run(get("key")).value == "3");
}
