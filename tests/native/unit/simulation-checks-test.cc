// What the simulator accepts of stores that promise less than one order of all operations, on
// histories written by hand.
#include <catch2/catch_test_macros.hpp>

#include "tests/native/support/moments.h"
#include "tests/simulation/checks.h"

using namespace kvista::simulation;

namespace {

using Kind = KeyOperation::Kind;
using Operations = std::vector<KeyOperation>;

KeyOperation set(int value, std::size_t isolate = 0) {
  return {.kind = Kind::kSet, .value = value, .isolate = isolate};
}
KeyOperation read(int value) { return {.kind = Kind::kRead, .value = value}; }
KeyOperation remove() { return {.kind = Kind::kRemove}; }
KeyOperation shown() { return {.kind = Kind::kPresence, .value = 0}; }
KeyOperation maybe(KeyOperation operation) {
  operation.effect = KeyOperation::Effect::kMaybe;
  return operation;
}

// The kind of what is wrong, or nothing.
template <typename Check>
std::string found(const Check& check) {
  History history;
  history.records.resize(1);
  Values values;
  Problems problems;
  check(Checked{history, 0, values, problems});
  return problems.empty() ? "" : problems.front().kind;
}
std::string staleness(const Operations& operations, double stalenessMs = 0) {
  return found([&](const Checked& checked) { checkStale(checked, "k", operations, stalenessMs); });
}
std::string lateness(const Operations& operations) {
  return found([&](const Checked& checked) { checkShown(checked, "k", operations); });
}

}  // namespace

TEST_CASE("A read of Workers KV finds what was written, and not what was replaced too long ago") {
  const Operations written = {at(1, 2, set(1)), at(3, 4, set(2))};
  const auto with = [&](const KeyOperation& look, double stalenessMs) {
    Operations all = written;
    all.push_back(look);
    return staleness(all, stalenessMs);
  };
  CHECK(with(at(10, 11, read(2)), 0).empty());
  CHECK(with(at(10, 11, read(3)), 0) == "stale");
  CHECK(with(at(10, 11, read(1)), 0) == "acknowledged-lost");
  CHECK(with(at(10, 11, read(1)), 20).empty());
  CHECK(with(at(10, 11, read(kAbsent)), 0) == "acknowledged-lost");
  CHECK(with(at(10, 11, read(kAbsent)), 20).empty());
}

TEST_CASE("Writes of one isolate keep their order, those of two need not") {
  const auto after = [](std::size_t otherIsolate) {
    return staleness({at(1, 10, set(1)), at(2, 11, set(2, otherIsolate)), at(20, 21, read(1))});
  };
  CHECK(after(0) == "acknowledged-lost");
  CHECK(after(1).empty());
}

TEST_CASE("A value of Workers KV is not found once it has expired") {
  KeyOperation brief = set(1);
  brief.expiresAt = 1;  // 1000 ms
  CHECK(staleness({at(1, 2, brief), at(998, 999, read(1))}).empty());
  CHECK(staleness({at(1, 2, brief), at(1000, 1001, read(1))}) == "stale");
  CHECK(staleness({at(1, 2, brief), at(1000, 1001, read(kAbsent))}).empty());
}

TEST_CASE("A listing may show a key during its removal and after one that failed, not otherwise") {
  CHECK(lateness({at(1, 2, shown())}) == "listing");
  CHECK(lateness({at(1, 2, set(1)), at(3, 9, remove()), at(5, 6, shown())}).empty());
  CHECK(lateness({at(1, 2, set(1)), at(3, 4, remove()), at(5, 6, shown())}) == "listing");
  CHECK(lateness({at(1, 2, set(1)), at(3, kOpen, maybe(remove())), at(5, 6, shown())}).empty());
}

TEST_CASE("What was seen of a write that a loss of power ended says nothing") {
  History history;
  history.records.resize(1);
  history.records[0].endMs = 100;
  const Operations all = {at(1, kOpen, maybe(set(1))), at(5, 6, read(1)),
                          at(60, 61, read(kAbsent))};
  Operations left = all;
  forgetUndone(left, history, {50});
  CHECK(left.size() == 2);
  left = all;
  forgetUndone(left, history, {});
  CHECK(left.size() == 3);
}
