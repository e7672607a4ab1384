// Whether a history of one key is linearizable: whether all its operations can be put in one order
// that keeps the order of those that were not concurrent, and in which each tells what it found.
//
// The search is Wing and Gong's, with Lowe's and Horn's refinements ("Testing for linearizability",
// 2017; "Faster linearizability checking via P-compositionality", 2015): operations are put in
// order no earlier than an end forces them to be, and no configuration is looked at twice. Writes
// that may never take effect are used as few as possible.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "tests/simulation/key-operation.h"

namespace kvista::simulation {

enum class Verdict { kLinearizable, kNotLinearizable, kUndecided };

struct Judgement {
  Verdict verdict = Verdict::kLinearizable;
  std::size_t stuckAt = 0;  // the operation that no order explains, or where the search gave up
};

// What a patch makes of a value; nothing if it cannot be patched.
using Merge = std::function<std::optional<int>(int value, int patch)>;

// A key is absent at first. A value with an expiry is there for an operation whose clock is before
// that second, and for no other. `bound`: configurations looked at before it gives up.
[[nodiscard]] Judgement judge(const std::vector<KeyOperation>& history, const Merge& merge,
                              std::size_t bound = 200'000);

}  // namespace kvista::simulation
