// The simulator's checker, on histories written by hand: what it accepts and what it does not.
#include "tests/simulation/linearizability.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/native/support/moments.h"

using namespace kvista::simulation;

namespace {

using Kind = KeyOperation::Kind;
using Effect = KeyOperation::Effect;
using History = std::vector<KeyOperation>;

KeyOperation set(int value, std::int64_t expiresAt = kNever) {
  return {.kind = Kind::kSet, .value = value, .expiresAt = expiresAt};
}
KeyOperation read(int value) { return {.kind = Kind::kRead, .value = value}; }
KeyOperation remove() { return {.kind = Kind::kRemove}; }
KeyOperation replaceIf(int expected, int value, Effect effect = Effect::kDone) {
  return {.kind = Kind::kReplaceIf, .effect = effect, .value = value, .expected = expected};
}
KeyOperation shown(bool isShown) {
  return {.kind = Kind::kPresence, .value = isShown ? 0 : kAbsent};
}
KeyOperation patched(int patch, int value) {
  return {.kind = Kind::kPatch, .value = value, .keepsExpiry = true, .patch = patch};
}
KeyOperation maybe(KeyOperation operation) {
  operation.effect = Effect::kMaybe;
  return operation;
}

// A patch adds its number to the value; a value over 1000 is no JSON.
std::optional<int> sum(int value, int patch) {
  return value > 1000 ? std::nullopt : std::optional(value + patch);
}
Verdict verdictOn(const History& history) { return judge(history, sum).verdict; }
bool holds(const History& history) { return verdictOn(history) == Verdict::kLinearizable; }

}  // namespace

TEST_CASE("A history of nothing is linearizable, and so is a read of nothing") {
  CHECK(holds({}));
  CHECK(holds({at(1, 2, read(kAbsent))}));
  CHECK_FALSE(holds({at(1, 2, read(7))}));
}

TEST_CASE("A read finds what was written last, and nothing older") {
  CHECK(holds({at(1, 2, set(1)), at(3, 4, set(2)), at(5, 6, read(2))}));
  CHECK_FALSE(holds({at(1, 2, set(1)), at(3, 4, set(2)), at(5, 6, read(1))}));
  CHECK_FALSE(holds({at(1, 2, set(1)), at(3, 4, remove()), at(5, 6, read(1))}));
}

TEST_CASE("Concurrent writes are in either order, but in one for all readers") {
  const KeyOperation first = at(1, 10, set(1));
  const KeyOperation second = at(2, 11, set(2));
  CHECK(holds({first, second, at(12, 13, read(1))}));
  CHECK(holds({first, second, at(12, 13, read(2))}));
  CHECK(holds({first, second, at(3, 4, read(2)), at(5, 6, read(1))}));
  CHECK_FALSE(holds({first, second, at(12, 13, read(1)), at(14, 15, read(2))}));
}

TEST_CASE("A read that saw a write under way binds those that begin after it") {
  const KeyOperation write = at(1, 20, set(1));
  CHECK(holds({write, at(2, 3, read(kAbsent)), at(4, 5, read(1))}));
  CHECK_FALSE(holds({write, at(2, 3, read(1)), at(4, 5, read(kAbsent))}));
}

TEST_CASE("Of two writes that expect the same only one is done") {
  const KeyOperation base = at(1, 2, set(1));
  const KeyOperation one = at(3, 8, replaceIf(1, 2));
  CHECK(holds({base, one, at(4, 9, replaceIf(1, 3, Effect::kRefused))}));
  CHECK_FALSE(holds({base, one, at(4, 9, replaceIf(1, 3))}));
  CHECK_FALSE(holds({base, at(3, 4, replaceIf(1, 3, Effect::kRefused))}));
  CHECK_FALSE(holds({at(1, 2, replaceIf(1, 3))}));
  CHECK(holds({at(1, 2, replaceIf(kAbsent, 3)), at(3, 4, read(3))}));
}

TEST_CASE("A write of unknown outcome takes effect once, at any time after its begin, or never") {
  const KeyOperation base = at(1, 2, set(1));
  const KeyOperation unknown = at(3, kOpen, maybe(set(2)));
  CHECK(holds({base, unknown, at(100, 101, read(1))}));
  CHECK(holds({base, unknown, at(100, 101, read(1)), at(102, 103, read(2))}));
  CHECK_FALSE(holds({base, unknown, at(100, 101, read(2)), at(102, 103, read(1))}));
  CHECK_FALSE(holds({base, at(3, 4, read(2)), at(5, kOpen, maybe(set(2)))}));
  // Twice: it was repeated although it may have been carried out.
  CHECK_FALSE(holds({base, unknown, at(5, 6, read(2)), at(7, 8, set(3)), at(9, 10, read(2))}));
  CHECK_FALSE(holds({base, at(3, kOpen, maybe(replaceIf(9, 2))), at(5, 6, read(2))}));
}

TEST_CASE("A value is there before the second in which it expires, and not from then on") {
  const KeyOperation brief = at(1, 2, set(1, 1));  // until 1000 ms
  CHECK(holds({brief, at(998, 999, read(1)), at(1000, 1001, read(kAbsent))}));
  CHECK_FALSE(holds({brief, at(998, 999, read(kAbsent))}));
  CHECK_FALSE(holds({brief, at(1000, 1001, read(1))}));
  // Its clock may show either.
  CHECK(holds({brief, at(998, 1001, read(kAbsent))}));
  CHECK(holds({brief, at(999, 1002, read(1))}));
  CHECK(holds({brief, at(1500, 1501, replaceIf(kAbsent, 2)), at(1502, 1503, read(2))}));
}

TEST_CASE("A patch changes the value that is there, and keeps when it expires") {
  CHECK(holds({at(1, 2, set(10, 1)), at(3, 4, patched(5, 15)), at(5, 6, read(15)),
               at(1000, 1001, read(kAbsent))}));
  CHECK_FALSE(holds({at(1, 2, set(10)), at(3, 4, patched(5, 16))}));
  CHECK_FALSE(holds({at(1, 2, patched(5, 5))}));
  // Two at the same time, of which one was lost.
  CHECK_FALSE(holds({at(1, 2, set(10)), at(3, 8, patched(1, 11)), at(4, 9, patched(2, 12))}));
}

TEST_CASE("A patch is refused where there is nothing, or nothing that can be patched") {
  KeyOperation refused = patched(5, 0);
  refused.effect = Effect::kRefused;
  CHECK(holds({at(1, 2, refused)}));
  CHECK_FALSE(holds({at(1, 2, set(1)), at(3, 4, refused)}));
  refused.expected = kNoJson;
  CHECK(holds({at(1, 2, set(1001)), at(3, 4, refused)}));
  CHECK_FALSE(holds({at(1, 2, set(1)), at(3, 4, refused)}));
  CHECK_FALSE(holds({at(3, 4, refused)}));
}

TEST_CASE("A listing misses no key that lived throughout, and shows none that never did") {
  const History lived = {at(1, 2, set(1)), at(20, 21, remove())};
  const auto with = [&](const KeyOperation& listing) {
    History history = lived;
    history.push_back(listing);
    return holds(history);
  };
  CHECK(with(at(5, 6, shown(true))));
  CHECK_FALSE(with(at(5, 6, shown(false))));
  CHECK(with(at(5, 30, shown(false))));
  CHECK(with(at(5, 30, shown(true))));
  CHECK_FALSE(with(at(30, 31, shown(true))));
}

TEST_CASE("Many writes at once are decided, and so are many of unknown outcome") {
  History history;
  for (std::uint64_t i = 0; i < 12; ++i) {
    history.push_back(at(1 + i, 1000 + i, set(static_cast<int>(i))));
  }
  history.push_back(at(2000, 2001, read(3)));
  CHECK(holds(history));
  history.clear();
  for (std::uint64_t i = 0; i < 40; ++i) {
    history.push_back(at(1 + i, kOpen, maybe(set(static_cast<int>(i)))));
  }
  history.push_back(at(2000, 2001, read(17)));
  history.push_back(at(2002, 2003, read(3)));
  CHECK(holds(history));
  history.push_back(at(2004, 2005, read(17)));
  CHECK_FALSE(holds(history));
}

TEST_CASE("A history that takes too long to decide is told as undecided") {
  History history;
  for (std::uint64_t i = 0; i < 30; ++i) {
    history.push_back(at(1 + i, 1000 + i, set(static_cast<int>(i))));
  }
  history.push_back(at(2000, 2001, read(99)));
  CHECK(judge(history, sum, 1000).verdict == Verdict::kUndecided);
}
