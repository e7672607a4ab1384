// Makes a failing run smaller, while its problem stays of the same kind: by leaving out operations
// and then faults (delta debugging: Zeller, Hildebrandt 2002).
#pragma once

#include "tests/simulation/run.h"

namespace kvista::simulation {

struct Shrunk {
  Plan plan;
  std::set<std::uint64_t> faults;
  Ran ran;
  Problem problem;
};

// `problem` is one of `ran`'s.
[[nodiscard]] Shrunk shrink(const WorldKind& kind, const Plan& plan, Ran ran,
                            const Problem& problem);

}  // namespace kvista::simulation
