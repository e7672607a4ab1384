// From what a run's operations were told to what each did to each key: the histories that are
// checked. What an answer says by itself is checked on the way.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/simulation/history.h"
#include "tests/simulation/key-operation.h"
#include "tests/simulation/values.h"
#include "tests/simulation/world.h"

namespace kvista::simulation {

using KeyHistories = std::map<std::string, std::vector<KeyOperation>>;

[[nodiscard]] KeyHistories observe(const History& history, const Plan& plan,
                                   const Promises& promises, double zeroMs, Values& values,
                                   Problems& problems);

}  // namespace kvista::simulation
