// From what is planned to the call that is made of it when its time has come.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/simulation/plan.h"
#include "tests/simulation/tally.h"

namespace kvista::simulation {

// The versions of a key that somebody was told, in their order, each with the value that it is of.
using Seen = std::vector<std::pair<std::string, std::string>>;

[[nodiscard]] bool isConditional(Op op);

// Without the version that a conditional write expects.
[[nodiscard]] test::Call callFor(const Planned& planned, const Plan& plan, double nowMs,
                                 Tally& tally);

// Gives the call the version that it expects. The value that it is of, if somebody saw it.
[[nodiscard]] std::optional<std::string> expect(const Planned& planned, const Seen& seen,
                                                test::Call& call);

}  // namespace kvista::simulation
