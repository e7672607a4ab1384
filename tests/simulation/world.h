// A world: one store with all that it stands on, on fake hosts and virtual time, and the ways in
// which it fails. Adding one takes its file in worlds/ and a line in worlds.cc.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "tests/native/support/driver.h"
#include "tests/simulation/faults.h"
#include "tests/simulation/plan.h"
#include "tests/simulation/watch.h"

namespace kvista::simulation {

// What is wrong. `kind` is one of a few words, which planted bugs are told apart by.
struct Problem {
  std::string kind;
  std::string text;
};
using Problems = std::vector<Problem>;

// What a world is made of.
struct Setting {
  std::uint64_t seed;
  Tally& tally;
  const std::set<std::uint64_t>* onlyFaults = nullptr;
};

class World {
 public:
  explicit World(const Setting& setting)
      : tally(setting.tally), faults(setting.seed, loop, setting.tally, setting.onlyFaults) {}
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  virtual ~World() = default;

  // An isolate is one instance of the core with the store open in it.
  [[nodiscard]] virtual std::size_t isolates() const = 0;
  [[nodiscard]] virtual test::Driver& isolate(std::size_t index) = 0;
  // What it asked its host for; nothing if it has none.
  [[nodiscard]] virtual Watch* watch(std::size_t /*index*/) { return nullptr; }
  // Before the operation of that name begins.
  virtual void stir(const std::string& /*operation*/) {}
  // After the faults have ceased: what hangs arrives, what was left unfinished is made good, and
  // what a plan lets expire has expired.
  virtual void calm() { loop.advance(kCalmMs); }
  // At the very end: what lies under the store. `live` are the full keys that there are.
  virtual void inspect(const std::set<std::string>& /*live*/, Problems& /*problems*/) {}
  // Whether the store repeats writes that may have been carried out.
  [[nodiscard]] virtual bool repeatsWrites() const { return false; }
  // When what was not acknowledged may have been undone, although somebody saw it.
  [[nodiscard]] virtual const std::vector<double>& powerLosses() const { return none_; }
  // How old an answer may be.
  [[nodiscard]] virtual double stalenessMs() const { return 0; }

  static constexpr double kCalmMs = 300'000;

  test::Loop loop{};
  Tally& tally;
  Faults faults;

 private:
  std::vector<double> none_;
};

// What of a store's answers is checked.
struct Promises {
  bool isLinearizable = true;
  // A listing may show a key while it is being removed, or after a removal that failed.
  bool showsLate = false;
  bool hasOrderedPages = true;
  // How much later than it says a value expires: a server's clock counts whole milliseconds.
  double clockLagMs = 0;
};

struct WorldKind {
  const char* name;
  Abilities abilities{};
  Promises promises{};
  std::unique_ptr<World> (*open)(const Setting&);
};

[[nodiscard]] std::span<const WorldKind> worldKinds();
// Which of them a seed runs over.
[[nodiscard]] const WorldKind& kindOf(std::uint64_t seed);

}  // namespace kvista::simulation
