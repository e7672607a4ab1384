// One run: the clients of a plan over a world, in virtual time, and then a last look at all keys
// when everything is quiet.
#pragma once

#include "tests/simulation/history.h"
#include "tests/simulation/world.h"

namespace kvista::simulation {

struct Ran {
  History history{};
  Problems problems{};
  std::vector<Faults::Struck> struck{};
  double zeroMs = 0;  // when it began
};

[[nodiscard]] Ran run(const WorldKind& kind, const Plan& plan, Tally& tally,
                      const std::set<std::uint64_t>* onlyFaults = nullptr);

}  // namespace kvista::simulation
