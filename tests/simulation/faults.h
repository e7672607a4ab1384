// What goes wrong in one run. Each fault is decided by the seed, and by the place and the moment
// where it would strike, so that a run without some of its operations has the same faults at the
// others. Which kinds of fault there are, and how often, differs from seed to seed.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/native/support/loop.h"
#include "tests/simulation/tally.h"

namespace kvista::simulation {

class Faults {
 public:
  struct Struck {
    std::uint64_t id;
    double atMs;
    std::string_view kind;
    std::string where;
  };
  // With `only`, those alone strike.
  Faults(std::uint64_t seed, const test::Loop& loop, Tally& tally,
         const std::set<std::uint64_t>* only);

  // Whether a fault of that kind strikes now. `kind` is a row of the table of tallies.
  [[nodiscard]] bool strikes(std::string_view kind, std::string_view where);
  // The same with a rate of its own, in a thousand, if this run has faults of that kind at all.
  [[nodiscard]] bool strikes(std::string_view kind, std::string_view where, std::uint64_t permille);
  // A time that the network takes: mostly short, where it has delays at all.
  [[nodiscard]] double delayMs(std::string_view where);
  // A number below `limit`, decided as faults are.
  [[nodiscard]] std::uint64_t choose(std::string_view where, std::uint64_t limit);
  // From now on nothing goes wrong.
  void cease() { haveCeased_ = true; }
  [[nodiscard]] bool haveCeased() const { return haveCeased_; }
  [[nodiscard]] const std::vector<Struck>& struck() const { return struck_; }
  void note(std::string_view kind) { tally_.count("fault", kind); }

 private:
  [[nodiscard]] std::uint64_t rateOf(std::string_view kind) const;
  [[nodiscard]] std::uint64_t draw(std::string_view kind, std::string_view where);

  std::uint64_t seed_;
  const test::Loop& loop_;
  Tally& tally_;
  const std::set<std::uint64_t>* only_;
  double slownessMs_;
  bool haveCeased_ = false;
  std::map<std::uint64_t, std::uint64_t> asked_;
  std::vector<Struck> struck_;
  double lastArrivalMs_ = 0;
};

}  // namespace kvista::simulation
